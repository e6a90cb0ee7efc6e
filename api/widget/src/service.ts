/** The service over HTTP: what is asked of it, and what it answers. */

import { serverEvents } from "./events";
import type { Mark, Span } from "./text";
import type { Texts } from "./texts";

export interface DocumentReference {
  id: string;
  path: string;
  title: string;
  sha256: string;
  media_type: string;
}

export interface StoredDocument extends DocumentReference {
  collection: string;
  /** Empty where the text is not the decoded file. */
  encoding: string;
  characters: number;
}

export interface Citation extends Span {
  quote: string;
  page: number | null;
  /** In printed form, such as: page 3. */
  place: string;
  heading: string[];
  highlights: Span[];
  document: DocumentReference;
}

/** A rectangle on a page, as fractions of its width and height. */
export interface Box {
  page: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface ShownPart {
  start: number;
  kind: string;
  number: number;
  place: string;
}

export interface ShownBlock extends Span {
  kind: string;
  level: number;
  cells: Span[];
  marks: Mark[];
}

export interface Structure {
  parts: ShownPart[];
  blocks: ShownBlock[];
}

export interface ShortAnswer extends Span {
  citation: number;
}

/** Two citations, by number, that say the same but for what differs. */
export interface Contradiction {
  citations: [number, number];
  difference: "number" | "negation";
}

/** What a collection holds, and questions that it answers. */
export interface Overview {
  documents: number;
  latest: StoredDocument[];
  questions: string[];
}

interface Passage extends Span {
  text: string;
  place: string;
  heading: string[];
  document: DocumentReference;
}

interface Verdict {
  answered: boolean;
  confidence: number;
  short_answer: ShortAnswer | null;
  interpretation?: string | null;
  contradictions?: Contradiction[];
}

export type Step =
  | { name: "passages"; count: number }
  | { name: "citation"; citation: Citation }
  | ({ name: "answer"; closest: Citation[]; others: Citation[] } & Verdict)
  | { name: "done"; requestId: string };

/** What is asked. */
export interface Scope {
  collection: string | null;
  /** Paths of the documents that are chosen; none for all. */
  only: string[];
}

/** Which documents are looked at, as the service takes it. */
export interface Limits {
  paths?: string[];
  path_prefix?: string;
  media_type?: string;
  metadata?: Record<string, string>;
  indexed_from?: string;
  indexed_to?: string;
}

export interface EarlierTurn {
  question: string;
  quotes: string[];
}

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
  async *ask(question: string, history: EarlierTurn[], { collection, only }: Scope, signal: AbortSignal): AsyncGenerator<Step> {
    const asked = { question, ...(history.length && { history }), ...(collection && { collection }), ...(only.length && { filter: { paths: only } }) };
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
  async search(question: string, collection: string | null, filter: Limits): Promise<Citation[]> {
    const found = await (await this.post("search", { question, filter, ...(collection && { collection }) })).json();
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
  questionLink(question: string, after: string[], { collection, only }: Scope): string {
    const named = { only, after, q: [question] };
    const asked = new URLSearchParams(Object.entries(named).flatMap(([name, values]) => values.map((value) => [name, value])));
    if (collection) asked.set("collection", collection);
    return new URL(`./?${asked}`, this.endpoint).href;
  }

  private post(path: string, body: object, headers = {}, signal?: AbortSignal): Promise<Response> {
    const json = { "Content-Type": "application/json", ...headers };
    return this.request(path, { method: "POST", body: JSON.stringify(body), headers: json, signal });
  }

  private async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, ...(this.key && { Authorization: `Bearer ${this.key}` }) };
    let response: Response;
    try {
      response = await fetch(new URL(path, this.endpoint), { ...init, headers, credentials: "omit", referrerPolicy: "no-referrer" });
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
      throw new Problem("unreachable", this.texts.unreachable(this.endpoint.host));
    }
    if (!response.ok) throw await Problem.of(response, this.texts);
    return response;
  }
}

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
