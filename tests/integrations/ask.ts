// Uses a service through the client, and prints what came of it as JSON: node ask.js URL QUESTION
import { Client, ServiceError, type Job, type StoredDocument } from "./client.js";

declare const process: { argv: string[] };

const [, , url, question] = process.argv;
const service = new Client(url);
const { citations } = await service.ask({ question, max_quotes: 1 });
const { document, start, end } = citations[0];
const events: string[] = [];
const streamed: string[] = [];
for await (const event of service.ask_events({ question, max_quotes: 1 })) {
  events.push(event.name);
  if (event.name === "citation") streamed.push(event.data.quote);
}
let put: StoredDocument | Job = await service.put("uploads", "häuser/50% #2?.txt", new Blob(["The house has two floors."]));
while ("state" in put && !put.document) put = await service.job(put.id);
const refusal = async (asked: Promise<unknown>) => asked.then(() => null, (error) => (error instanceof ServiceError ? error.problem : null));

console.log(
  JSON.stringify({
    quotes: citations.map(({ quote }) => quote),
    link: service.link(citations[0]),
    text: await service.text(document.id, { start, end }),
    verdicts: (await service.verify_citations({ citations })).results.map(({ verdict }) => verdict),
    events,
    streamed,
    put: put.path,
    removed: !(await service.delete("uploads", put.path))?.problem,
    problem: await refusal(service.ask({ question, collection: "nowhere" })),
    unreachable: (await refusal(new Client("http://127.0.0.1:9").health()))?.status,
  }),
);
