/** The service over HTTP: what is asked of it, and what it answers. */

import { serverEvents } from "./events";
import type { Span } from "./text";
import type { Texts } from "./texts";
import type { Box, Citation, EarlierTurn, Limits, Overview, Passage, Scope, Step, StoredDocument, Structure, Verdict } from "./values";

export type * from "./values";

/** What went wrong, in the words of the service where it said something. */
export class Problem extends Error {
  constructor(
    readonly kind: string,
    detail: string,
    readonly status = 0,
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }

  static async of(response: Response, texts: Texts): Promise<Problem> {
    const found = /\bjson\b/.test(type(response)) ? await response.json().catch(() => ({})) : {};
    const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    return Problem.from({ status: response.status, ...found }, texts, Number.isNaN(wait) ? null : wait);
  }

  static from(body: { type?: string; detail?: string; status?: number }, texts: Texts, retryAfter: number | null = null): Problem {
    const kind = (body.type ?? "").split(":").pop()!;
    return new Problem(kind, body.detail ?? texts.status(body.status ?? 0), body.status, retryAfter);
  }
}

/** How often a change that takes long is asked after, in milliseconds. */
const POLL = 1000;

const documentPath = (collection: string, path: string): string =>
  `collections/${encodeURIComponent(collection)}/documents/${path.split("/").map(encodeURIComponent).join("/")}`;

const type = (response: Response): string => response.headers.get("Content-Type") ?? "";

export class Service {
  constructor(
    readonly endpoint: URL,
    readonly key: string | null,
    private readonly texts: Texts,
  ) {}

  /** Quotes as they become known, from a stream of events or, where that is what comes, from the whole answer. */
  async *ask(question: string, history: EarlierTurn[], { collection, also, only }: Scope, signal: AbortSignal): AsyncGenerator<Step> {
    const asked = { question, ...(history.length && { history }), ...among(collection, also), ...(only.length && { filter: { paths: only } }) };
    const response = await this.post("ask", asked, { Accept: "text/event-stream" }, signal);
    if (!type(response).startsWith("text/event-stream")) {
      yield* whole(await response.json());
      return;
    }
    let passages: Passage[] = [];
    const citations: Citation[] = [];
    for await (const { name, data } of serverEvents(response.body as ReadableStream<Uint8Array<ArrayBuffer>>)) {
      const body = JSON.parse(data);
      if (name === "passages") {
        passages = body.passages;
        yield { name, count: passages.length };
      } else if (name === "citation") {
        citations.push(body);
        yield { name, citation: body };
      } else if (name === "answer") {
        yield { ...(body as Verdict), name, closest: body.closest.map((i: number) => cited(passages[i])), others: body.answered ? others(passages, citations) : [] };
      } else if (name === "done") {
        yield { name, requestId: body.request_id };
        return;
      } else if (name === "error") {
        throw Problem.from(body, this.texts);
      }
    }
    throw new Problem("cut-off", this.texts.cutOff);
  }

  /** The passages closest to some words, best first. */
  async search(question: string, collection: string | null, also: string[], filter: Limits): Promise<Citation[]> {
    const found = await (await this.post("search", { question, filter, ...among(collection, also) })).json();
    return found.passages.map(cited);
  }

  /** Say whether an answer helped; also which of its citations are wrong, by number, and which passage would be right. */
  async feedback(requestId: string, helpful: boolean, wrong: number[] = [], right?: { document_id: string } & Span): Promise<void> {
    await this.post("feedback", { request_id: requestId, helpful, ...(wrong.length && { wrong_quotes: wrong }), ...(right && { right_quote: right }) });
  }

  async overview(collection: string | null): Promise<Overview> {
    return (await this.request(`overview${collection ? `?${new URLSearchParams({ collection })}` : ""}`)).json();
  }

  async document(id: string): Promise<StoredDocument> {
    return (await this.request(`documents/${id}`)).json();
  }

  async text(id: string): Promise<string> {
    const body = await (await this.request(`documents/${id}/text`)).arrayBuffer();
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body); // text() would swallow a first U+FEFF, and move every offset
  }

  /** Of a document, or of a span of it. */
  async structure(id: string, span?: Span): Promise<Structure> {
    return (await this.request(`documents/${id}/structure${span ? `?start=${span.start}&end=${span.end}` : ""}`)).json();
  }

  async place(id: string, { start, end }: Span): Promise<{ place: string; boxes: Box[] }> {
    return (await this.request(`documents/${id}/place?start=${start}&end=${end}`)).json();
  }

  /** A page, from 1, as a picture of so many pixels across. */
  async page(id: string, page: number, width: number): Promise<Blob> {
    return (await this.request(`documents/${id}/pages/${page}.png?width=${width}`)).blob();
  }

  async documents(
    collection: string | null,
    offset: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ documents: StoredDocument[]; total: number }> {
    const asked = new URLSearchParams({ offset: `${offset}`, limit: `${limit}`, ...(collection && { collection }) });
    return (await this.request(`documents?${asked}`, { signal })).json();
  }

  /** With the size of the largest document that may be added; null where none may. */
  async collections(): Promise<{ collections: { name: string }[]; default: string; max_upload_bytes: number | null }> {
    return (await this.request("collections")).json();
  }

  /** Add a document, or replace the one at its path; `progress` is told how much of the file has been sent, from 0 to 1. */
  async put(collection: string, path: string, file: File, replace: boolean, progress: (sent: number) => void): Promise<StoredDocument> {
    const request = new XMLHttpRequest(); // since fetch tells no progress
    request.open("PUT", new URL(documentPath(collection, path), this.endpoint));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    if (!replace) request.setRequestHeader("If-None-Match", "*");
    if (this.key) request.setRequestHeader("Authorization", `Bearer ${this.key}`);
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 1);
    await new Promise<void>((resolve, reject) => {
      request.onload = () => resolve();
      request.onerror = () => reject(new Problem("unreachable", this.texts.uploadCut));
      request.send(file);
    });
    const headers = ["Content-Type", "Retry-After"].map((name): [string, string] => [name, request.getResponseHeader(name) ?? ""]);
    return this.changed(new Response(request.responseText, { status: request.status, headers }));
  }

  /** Remove a document, if it is still the one of this sha256; also when the page is being left. */
  async remove(collection: string, path: string, sha256: string): Promise<void> {
    const headers = { "If-Match": `"${sha256}"` };
    const response = await this.request(documentPath(collection, path), { method: "DELETE", headers, keepalive: true });
    if (response.status === 202) await this.changed(response);
  }

  /** Move a document to another path, if it is still the one of this sha256. */
  async rename({ collection, path, sha256 }: StoredDocument, to: string): Promise<StoredDocument> {
    return this.changed(await this.patch(documentPath(collection, path), { path: to }, { "If-Match": `"${sha256}"` }));
  }

  async renameCollection(name: string, to: string): Promise<void> {
    await this.patch(`collections/${encodeURIComponent(name)}`, { name: to });
  }

  /** Remove a collection with its documents; also when the page is being left. */
  async removeCollection(name: string): Promise<void> {
    await this.request(`collections/${encodeURIComponent(name)}`, { method: "DELETE", keepalive: true });
  }

  /** The document of a change, once it is done, which may take longer than a request. */
  private async changed(response: Response): Promise<StoredDocument> {
    if (!response.ok) throw await Problem.of(response, this.texts);
    let body = await response.json();
    if (response.status !== 202) return body;
    while (body.state !== "done") {
      if (body.state === "failed") throw Problem.from(body.problem, this.texts);
      await new Promise((resolve) => setTimeout(resolve, POLL));
      body = await (await this.request(`jobs/${body.id}`)).json();
    }
    return body.document;
  }

  /** The address of the source view; with the quote marked, if there is one, for as long as the document stays the same. */
  link({ id, sha256 }: { id: string; sha256?: string }, span?: Partial<Span>): string {
    const version = sha256 ? `&sha256=${sha256.slice(0, 16)}` : "";
    const marked = span?.end === undefined ? "" : `?start=${span.start}&end=${span.end}${version}`;
    return new URL(`documents/${id}/view${marked}`, this.endpoint).href;
  }

  /** The address of the page that asks a question again, after those that it follows and in the same collection. */
  questionLink(question: string, after: string[], { collection, also, only }: Scope): string {
    const named = { also, only, after, q: [question] };
    const asked = new URLSearchParams(Object.entries(named).flatMap(([name, values]) => values.map((value) => [name, value])));
    if (collection) asked.set("collection", collection);
    return new URL(`./?${asked}`, this.endpoint).href;
  }

  private post(path: string, body: object, headers = {}, signal?: AbortSignal): Promise<Response> {
    return this.request(path, { method: "POST", ...json(body, headers), signal });
  }

  private patch(path: string, body: object, headers = {}): Promise<Response> {
    return this.request(path, { method: "PATCH", ...json(body, headers) });
  }

  private async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, ...(this.key && { Authorization: `Bearer ${this.key}` }) };
    let response: Response;
    try {
      response = await fetch(new URL(path, this.endpoint), { ...init, headers, credentials: "omit", referrerPolicy: "no-referrer" });
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
      const { host, origin } = this.endpoint;
      throw new Problem("unreachable", origin === location.origin ? this.texts.unreachable(host) : this.texts.unreachableFrom(host, location.origin));
    }
    if (!response.ok) throw await Problem.of(response, this.texts);
    return response;
  }
}

const json = (body: object, headers: object): RequestInit => ({ body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });

const among = (collection: string | null, also: string[]): object => (also.length ? { collections: also } : collection ? { collection } : {});

function* whole(answer: Verdict & { citations: Citation[]; closest: Citation[]; request_id: string }): Generator<Step> {
  for (const citation of answer.citations) yield { name: "citation", citation };
  yield { ...(answer as Verdict), name: "answer", closest: answer.closest, others: [] };
  yield { name: "done", requestId: answer.request_id };
}

function cited({ text, start, end, place, heading, document }: Passage): Citation {
  return { quote: text, start, end, page: null, place, heading, highlights: [], document };
}

const FURTHER = 3;

/** The first passages that were read but not quoted. */
function others(passages: Passage[], citations: Citation[]): Citation[] {
  const quoted = (passage: Passage): boolean =>
    citations.some(({ document, start, end }) => document.id === passage.document.id && start < passage.end && passage.start < end);
  return passages.filter((passage) => !quoted(passage)).slice(0, FURTHER).map(cited);
}
