/** A conversation as a file: Markdown to read, JSON with all that is known of each citation. */

import { nameOf, type Conversation, type Turn } from "./conversation";
import { scopeOf } from "./scope";
import type { Citation, Service } from "./service";
import { plain } from "./text";
import type { Texts } from "./texts";
import { levelOf, placed, title, trail } from "./words";

export function asJson(conversation: Conversation, service: Service): string {
  const linked = (citation: Citation): object => ({ ...citation, link: service.link(citation.document, citation) });
  const turns = conversation.turns.map(({ question, state, confidence, citations, closest, interpretation, contradictions, short, only, also }) => ({
    question,
    documents: only ?? [],
    collections: also ?? [],
    state,
    confidence,
    interpretation: interpretation ?? null,
    short_answer: short,
    citations: citations.map(linked),
    contradictions: contradictions ?? [],
    closest: closest.map(linked),
  }));
  const { collection, begun, changed } = conversation;
  const time = (at: number): string => new Date(at).toISOString();
  const value = { title: nameOf(conversation), service: service.endpoint.href, collection, begun: time(begun), changed: time(changed), turns };
  return JSON.stringify(value, null, 2);
}

export function asMarkdown(conversation: Conversation, service: Service, texts: Texts): string {
  const begun = new Date(conversation.begun).toISOString().slice(0, 10);
  const about = [service.endpoint.href, conversation.collection && literal(conversation.collection), begun];
  const parts = [`# ${literal(nameOf(conversation))}`, about.filter(Boolean).join(", ")];
  for (const turn of conversation.turns) parts.push(`## ${literal(turn.question)}`, ...answer(turn, service, texts));
  return `${parts.join("\n\n")}\n`;
}

function answer(turn: Turn, service: Service, texts: Texts): string[] {
  const { state, citations, closest, confidence } = turn;
  const cited = citations.length ? citations : closest;
  const verdict =
    state === "answered"
      ? `${texts.confidence[levelOf(confidence)]}. ${texts.sure(Math.round(confidence * 100))}.`
      : state === "silent"
        ? `${texts.silent} ${closest.length ? texts.comeClosest : ""}`.trim()
        : texts.stopped;
  const meant = turn.interpretation ? [`${texts.takenAs} “${literal(turn.interpretation)}”`] : [];
  return [...scopeOf(turn, texts).map(literal), ...meant, verdict, ...cited.map((citation, i) => quoted(citation, i + 1, service, texts))];
}

/** As code between fences longer than any in the quote, since Markdown would change what it says otherwise. */
function quoted(citation: Citation, number: number, service: Service, texts: Texts): string {
  const { quote, place, document, start, end } = citation;
  const longest = Math.max(2, ...(quote.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const where = [title(document), document.path, placed(place, texts), trail(citation).join(" › ")].filter(Boolean).map((part) => literal(part!)).join(", ");
  const exact = `${start}–${end}, sha256 ${document.sha256}`;
  return `${number}. [${where}](${service.link(document, { start, end })}) (${exact})\n\n${fence}text\n${quote}\n${fence}`;
}

/** One line of text whose signs Markdown does not take for its own. */
const literal = (text: string): string => plain(text).replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>#|~]/g, "\\$&");

/** Give a text as a file. */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A name for a file: letters and figures of any script. */
export const fileName = (conversation: Conversation, ending: string): string =>
  `${nameOf(conversation).replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60).replace(/^-+|-+$/g, "") || "conversation"}.${ending}`;
