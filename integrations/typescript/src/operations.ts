/** The values and operations of the HTTP API: made from its OpenAPI document by generation.py, not to be edited. */

/** The process answers. */
export interface Alive {
  status?: "alive";
}

/** A question, optionally where to look and how many quotes to give at most. */
export interface AskRequest {
  question: string;
  /** by default the one of the settings */
  collection?: string | null;
  /** several at once, of the same embedder */
  collections?: Array<string>;
  /** chunks retrieved */
  top_k?: number | null;
  filter?: DocumentFilter;
  max_quotes?: number | null;
  /** confidence below which nothing is answered; by default the one of the service */
  threshold?: number | null;
  /** whether the answer has all retrieved passages */
  include_passages?: boolean;
  /** the earlier turns, oldest first: they determine what a follow-up is about */
  history?: Array<HistoryTurn>;
}

/** Quotes that answer the question or, where ``answered`` is false, the passages closest to it. */
export interface AskResponse {
  question: string;
  answered: boolean;
  /** possible where the first quote is more likely not to answer than to answer; none where answered is false */
  state: "answer" | "possible" | "none";
  /** probability that the first quote answers the question */
  confidence: number;
  /** confidence below which nothing is answered */
  threshold: number;
  /** the quotes, each followed by the number of its citation in brackets */
  answer: string | null;
  short_answer: ShortAnswer | null;
  citations: Array<Citation>;
  closest: Array<Citation>;
  /** all that were found, best first, where the request asks for them */
  passages: Array<Passage> | null;
  timings_ms: Timings;
  contradictions: Array<Contradiction>;
  request_id: string;
  /** what a follow-up was taken to mean, by the words of earlier questions; null where it was by itself */
  interpretation: string | null;
}

/** A rectangle on a page (numbered from 1), as fractions of its width and height from the upper left corner. */
export interface Box {
  page: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A quote and its place: ``quote`` is ``[start, end)`` of the document's text, in Unicode code points. ``id`` counts from 1. Lines are 1-based and inclusive; ``page`` is None for formats without pages; ``highlights`` lie inside the quote. ``place`` is in printed form, such as ``page 3`` or ``sheet Costs, B4`` (see ``Layout.printed``). */
export interface Citation {
  id: number;
  quote: string;
  start: number;
  end: number;
  line_start: number;
  line_end: number;
  page: number | null;
  heading: Array<string>;
  score: number;
  highlights: Array<Highlight>;
  document: DocumentReference;
  /** where it stands, as people write it, such as: page 3 */
  place?: string;
}

/** The document that a citation names. */
export interface CitedDocument {
  path: string;
  sha256: string;
}

/** A citation to check, as ``/ask`` returns it; other fields are ignored. */
export interface Claim {
  quote: string;
  start: number;
  end: number;
  document: CitedDocument;
}

/** A collection, how much it holds and what it was made with. */
export interface CollectionDescription {
  name: string;
  documents: number;
  chunks: number;
  embedder: string;
  dimension: number;
  chunk_tokens: number;
}

/** All collections by name; ``default`` is the one used where none is named. ``processor`` is the architecture of the service's processor and its instruction sets. ``max_upload_bytes`` is the size of the largest document that the caller may add; null for who may add none. */
export interface CollectionList {
  collections: Array<CollectionDescription>;
  default: string;
  processor: string;
  max_upload_bytes: number | null;
}

/** Two citations, by id, whose documents say the same but for a number or a negation. */
export interface Contradiction {
  citations: [number, number];
  difference: "number" | "negation";
}

/** Which documents to look at; all conditions hold at once. */
export interface DocumentConditions {
  /** start of the document's path */
  path_prefix?: string;
  media_type?: string | null;
  /** values, any of which the document's front matter has under a key */
  metadata?: Record<string, string | Array<string>>;
  /** paths of the documents to look at; by default all */
  paths?: Array<string>;
  /** first day, in UTC, on which a document may have been indexed */
  indexed_from?: string | null;
  /** last such day */
  indexed_to?: string | null;
  /** limits of what the document's front matter has under a key, as a number or a day */
  ranges?: Record<string, MetadataRange>;
}

/** Which documents to look at; all conditions hold at once, but for those to exclude. */
export interface DocumentFilter {
  /** start of the document's path */
  path_prefix?: string;
  media_type?: string | null;
  /** values, any of which the document's front matter has under a key */
  metadata?: Record<string, string | Array<string>>;
  /** paths of the documents to look at; by default all */
  paths?: Array<string>;
  /** first day, in UTC, on which a document may have been indexed */
  indexed_from?: string | null;
  /** last such day */
  indexed_to?: string | null;
  /** limits of what the document's front matter has under a key, as a number or a day */
  ranges?: Record<string, MetadataRange>;
  /** conditions; documents that meet all of them are left out */
  exclude?: DocumentConditions | null;
}

/** Documents of a collection by path, and files of its folder that were not read, both from ``offset``. */
export interface DocumentPage {
  documents: Array<StoredDocument>;
  total: number;
  offset: number;
  limit: number;
  left_out: LeftOutPage;
}

/** The document of a citation; ``sha256`` is of the file's bytes. ``id`` is the same for the same path of a collection. */
export interface DocumentReference {
  id: string;
  path: string;
  title: string;
  sha256: string;
  media_type: string;
}

/** Several questions, each with texts of its own. */
export interface ExtractBatchRequest {
  /** at most 200,000 characters of text together */
  requests: Array<ExtractRequest>;
}

/** One result a request, in the same order. */
export interface ExtractBatchResponse {
  results: Array<Extractions>;
  timings_ms: ExtractTimings;
  request_id: string;
}

/** A question, and texts of the caller's own to look for quotes in; a text may be blank. */
export interface ExtractRequest {
  question: string;
  /** at most 200,000 characters together */
  texts: Array<string>;
  /** most quotes of each text */
  max_quotes?: number | null;
}

/** What each text says to the question, in the order of the texts. */
export interface ExtractResponse {
  question: string;
  results: Array<Extraction>;
  threshold: number;
  /** whether any text was not read to its end; texts are read one after the other */
  truncated: boolean;
  timings_ms: ExtractTimings;
  request_id: string;
}

/** Milliseconds of reading the texts, and of all of the request, which may have had to load the reader. */
export interface ExtractTimings {
  read: number;
  total: number;
}

/** A quote, ``[start, end)`` of the text in Unicode code points; the spans of ``highlights`` lie inside it. */
export interface ExtractedQuote {
  quote: string;
  start: number;
  end: number;
  score: number;
  highlights: Array<Highlight>;
}

/** A few words of the first quote that answer by themselves, ``[start, end)`` of the text in Unicode code points. */
export interface ExtractedShortAnswer {
  text: string;
  start: number;
  end: number;
  confidence: number;
}

/** What one text says: ``answered`` is whether it has quotes and its ``answerability`` reaches the threshold. */
export interface Extraction {
  /** which of the request's texts, from 0 */
  text: number;
  /** probability that the first quote answers the question */
  answerability: number;
  answered: boolean;
  /** likeliest first; also those of a text that does not answer */
  quotes: Array<ExtractedQuote>;
  short_answer: ExtractedShortAnswer | null;
  /** whether not all of the text was read, since the time for the request was up */
  truncated: boolean;
}

/** What each text says to a question, in the order of the texts; ``threshold`` is the answerability of an answer. */
export interface Extractions {
  question: string;
  results: Array<Extraction>;
  threshold: number;
  /** whether any text was not read to its end; texts are read one after the other */
  truncated: boolean;
}

/** Whether the answer to a request helped; later feedback on the same request replaces it. */
export interface FeedbackRequest {
  request_id: string;
  helpful: boolean;
  right_quote?: RightQuote | null;
  /** ids of the citations that do not answer the question */
  wrong_quotes?: Array<number>;
}

/** The id under which the feedback is kept. */
export interface FeedbackResponse {
  id: string;
}

/** One field of a request that was not accepted. */
export interface FieldProblem {
  /** where it is, such as body.question */
  field: string;
  /** what is wrong and what would be accepted */
  problem: string;
}

/** A span ``[start, end)`` of the document, as JSON has it. */
export interface Highlight {
  start: number;
  end: number;
}

/** An earlier question of the conversation, and the quotes that answered it. */
export interface HistoryTurn {
  question: string;
  quotes?: Array<string>;
}

/** A span within a block: markup that is ``hidden``, or text that is ``code``, ``strong`` or in ``emphasis``. */
export interface InlineMark {
  start: number;
  end: number;
  kind: "hidden" | "code" | "strong" | "emphasis";
}

/** An upload or a removal: with its document once it is done, with its problem once it has failed. */
export interface Job {
  id: string;
  state: "queued" | "running" | "done" | "failed";
  collection: string;
  path: string;
  /** what is indexed now; null for a removal */
  document?: StoredDocument | null;
  problem?: Problem | null;
}

/** A file that was not read and why, or with ``in_part`` which part of it was not, and why. */
export interface LeftOut {
  path: string;
  reason: string;
  in_part?: boolean;
  kind?: string;
}

/** The files that were not read, or only in part, when the folder was last indexed. */
export interface LeftOutPage {
  total: number;
  /** how many of each kind of reason, most first */
  by_kind: Record<string, number>;
  /** a page of them by path; empty without the scope manage */
  files: Array<LeftOut>;
}

/** Numbers, or days, from one to another, both included; one of the two may be left out. */
export interface MetadataRange {
  from?: number | string;
  to?: number | string;
}

/** What a collection holds: how many documents, those added or replaced last, and questions that its documents do answer. */
export interface Overview {
  collection: string;
  documents: number;
  latest: Array<StoredDocument>;
  /** up to three, each of which was asked; none where none is certain */
  questions: Array<string>;
}

/** A run of whole sentences of a document; ``score`` orders the passages, ``similarity`` is a cosine. ``text`` is ``[start, end)`` of the document's text, and ``line_start`` the 1-based line of ``start``. ``score`` is that of its best chunk in the fused ranking and ``similarity`` the cosine of question and its nearest chunk, 0 where no chunk of it was among the nearest. ``chunks`` are the spans of the chunks it was joined from: each fits the embedder, and each sentence is in one of them. ``kinds`` are those of the sentences, ``layout`` is the document's, ``place`` in printed form. ``columns`` are those of a wide table that the reader is told, where the last heading has too many. */
export interface Passage {
  text: string;
  start: number;
  end: number;
  line_start: number;
  heading: Array<string>;
  score: number;
  similarity: number;
  document: DocumentReference;
  /** where it stands, as people write it, such as: page 3 */
  place?: string;
}

/** Problem details as of RFC 9457. */
export interface Problem {
  /** stable identifier of the kind of problem */
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** the offending fields, for invalid requests */
  errors?: Array<FieldProblem>;
}

/** The index is open and the models of the default collection are loaded. */
export interface Ready {
  collections: number;
  status?: "ready";
}

/** The new name of a collection. */
export interface RenameCollection {
  name: string;
}

/** The new path of a document. */
export interface RenameDocument {
  path: string;
}

/** The quote that would have been right, ``[start, end)`` of a document in Unicode code points. */
export interface RightQuote {
  document_id: string;
  start: number;
  end: number;
}

/** A question, and optionally where to look. */
export interface SearchRequest {
  question: string;
  /** by default the one of the settings */
  collection?: string | null;
  /** several at once, of the same embedder */
  collections?: Array<string>;
  /** chunks retrieved */
  top_k?: number | null;
  filter?: DocumentFilter;
}

/** The passages closest to a question, best first. */
export interface SearchResponse {
  question: string;
  passages: Array<Passage>;
  timings_ms: Timings;
  request_id: string;
}

/** A few words of the quote of a citation that answer by themselves; ``citation`` is the citation's id. ``confidence`` is that of the answer times the F1 that is expected of these words. */
export interface ShortAnswer {
  text: string;
  citation: number;
  start: number;
  end: number;
  confidence: number;
}

/** A block ``[start, end)`` of a text as a page shows it. ``kind`` is one of ``BlockKind``, or ``columns`` for a row that names those of a table, ``quotation``, and ``markup`` for what a rendered page would not show. ``level`` is that of a heading or an item, from 1. */
export interface ShownBlock {
  kind: string;
  start: number;
  end: number;
  level?: number;
  cells?: Array<ShownCell>;
  marks?: Array<InlineMark>;
}

/** A cell of a row, without the signs between cells. */
export interface ShownCell {
  start: number;
  end: number;
}

/** A page, slide, sheet, chapter, cue or other part, which ends where the next one starts; ``place`` is in printed form. */
export interface ShownPart {
  start: number;
  kind: string;
  number: number;
  /** where it stands, as people write it, such as: page 3 */
  place: string;
}

/** Where a span stands: its lines, page (or slide), and the boxes that hold it on its pages, one a printed line. Boxes are fractions of the page's width and height from its upper left corner, as it is displayed. */
export interface SpanPlace {
  line_start: number;
  line_end: number;
  page: number | null;
  /** where it stands, as people write it, such as: page 3 */
  place: string;
  /** the last page; 0 for documents whose pages cannot be shown */
  pages: number;
  boxes: Array<Box>;
}

/** What is known of a document; decoding its bytes with ``encoding`` gives the text that offsets refer to. */
export interface StoredDocument {
  id: string;
  path: string;
  title: string;
  sha256: string;
  media_type: string;
  collection: string;
  encoding: string;
  size_bytes: number;
  characters: number;
  chunks: number;
  metadata: Record<string, string>;
  indexed_at: string;
}

/** The event ``answer``: what is known once all citations are; ``closest`` are places in the list of passages, from 0. */
export interface StreamedAnswer {
  question: string;
  answered: boolean;
  /** possible where the first quote is more likely not to answer than to answer; none where answered is false */
  state: "answer" | "possible" | "none";
  /** probability that the first quote answers the question */
  confidence: number;
  /** confidence below which nothing is answered */
  threshold: number;
  short_answer: ShortAnswer | null;
  interpretation: string | null;
  contradictions: Array<Contradiction>;
  closest: Array<number>;
}

/** The event ``done``. */
export interface StreamedEnd {
  timings_ms: Timings;
  request_id: string;
}

/** The event ``passages``: those that will be read, best first. */
export interface StreamedPassages {
  passages: Array<Passage>;
}

/** What a document's text is made of, as spans of it: the parts that its format numbers or names, and its blocks. There are blocks for HTML, Office, EPUB, mail, tables, subtitles and Markdown, while the file is the one that was indexed. */
export interface Structure {
  parts: Array<ShownPart>;
  blocks: Array<ShownBlock>;
}

/** Milliseconds of each stage. */
export interface Timings {
  embed: number;
  search: number;
  read: number;
  total: number;
}

/** ``valid``: the quote stands in the very file that was cited; ``changed``: it does not; ``missing``: no such file. */
export type Verdict = "valid" | "changed" | "missing";

/** A verdict and the reason for it in words; the place of a valid quote in printed form, as in its citation. */
export interface Verification {
  verdict: Verdict;
  reason: string;
  /** where it stands, as people write it, such as: page 3 */
  place?: string;
}

/** Citations to check. */
export interface VerifyRequest {
  citations: Array<Claim>;
  collection?: string | null;
}

/** One verification a citation, in the same order. */
export interface VerifyResponse {
  results: Array<Verification>;
}

/** A request: `parameters` stand in the path. */
export interface Call {
  method: string;
  path: string;
  parameters?: Record<string, string | number>;
  query?: object;
  headers?: object;
  body?: object;
  content?: BodyInit;
  signal?: AbortSignal;
}

/** What the service does, as methods. */
export abstract class Operations {
  protected abstract send<T>(call: Call): Promise<T>;
  protected abstract events<T>(call: Call): AsyncGenerator<T>;

  /** Answer a question in the words of the documents, or say that they do not and offer the closest passages. */
  ask(body: AskRequest, signal?: AbortSignal): Promise<AskResponse> {
    return this.send({ method: "POST", path: "/ask", body, signal });
  }

  /** Answer a question in the words of the documents, or say that they do not and offer the closest passages. */
  ask_events(body: AskRequest, signal?: AbortSignal): AsyncGenerator<{ name: "passages"; data: StreamedPassages } | { name: "citation"; data: Citation } | { name: "answer"; data: StreamedAnswer } | { name: "done"; data: StreamedEnd }> {
    return this.events({ method: "POST", path: "/ask", body, signal });
  }

  /** The passages closest to a question, whether they answer it or not. */
  search(body: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
    return this.send({ method: "POST", path: "/search", body, signal });
  }

  /** Find quotes that answer a question in the texts of the request, which come from any retriever; nothing is stored. */
  extract(body: ExtractRequest, signal?: AbortSignal): Promise<ExtractResponse> {
    return this.send({ method: "POST", path: "/extract", body, signal });
  }

  /** Extract quotes for several questions, each from its own texts; one invalid request refuses the whole batch. */
  extract_batch(body: ExtractBatchRequest, signal?: AbortSignal): Promise<ExtractBatchResponse> {
    return this.send({ method: "POST", path: "/extract/batch", body, signal });
  }

  /** The documents of a collection by path, a page at a time. */
  documents(query: { "collection"?: string | null; "limit"?: number; "offset"?: number } = {}, signal?: AbortSignal): Promise<DocumentPage> {
    return this.send({ method: "GET", path: "/documents", query, signal });
  }

  /** What is known of a document. */
  document(id: string, signal?: AbortSignal): Promise<StoredDocument> {
    return this.send({ method: "GET", path: "/documents/{id}", parameters: { id }, signal });
  }

  /** The text of a document or a part of it, to which offsets refer, in UTF-8; line endings are those of the file. */
  text(id: string, query: { "start"?: number; "end"?: number | null } = {}, signal?: AbortSignal): Promise<string> {
    return this.send({ method: "GET", path: "/documents/{id}/text", parameters: { id }, query, signal });
  }

  /** Where a span of a document stands: its lines, its page and, for PDF, its boxes on the page, found in the file on disk. */
  place(id: string, query: { "start"?: number; "end"?: number } = {}, signal?: AbortSignal): Promise<SpanPlace> {
    return this.send({ method: "GET", path: "/documents/{id}/place", parameters: { id }, query, signal });
  }

  /** The parts of a document (pages, slides, sheets) and its blocks (headings, items, rows), to show its text readably. */
  structure(id: string, query: { "start"?: number; "end"?: number | null } = {}, signal?: AbortSignal): Promise<Structure> {
    return this.send({ method: "GET", path: "/documents/{id}/structure", parameters: { id }, query, signal });
  }

  /** A page of a PDF document as a picture, with a span marked where it stands on it, from the file on disk. */
  page_image(id: string, page: number, query: { "start"?: number | null; "end"?: number | null; "width"?: number } = {}, signal?: AbortSignal): Promise<Blob> {
    return this.send({ method: "GET", path: "/documents/{id}/pages/{page}.png", parameters: { id, page }, query, signal });
  }

  /** Check citations against the files as they are now. */
  verify_citations(body: VerifyRequest, signal?: AbortSignal): Promise<VerifyResponse> {
    return this.send({ method: "POST", path: "/verify", body, signal });
  }

  /** Store whether an answer helped and, optionally, which quote would have been right, with the question and its quotes. */
  feedback(body: FeedbackRequest, signal?: AbortSignal): Promise<FeedbackResponse> {
    return this.send({ method: "POST", path: "/feedback", body, signal });
  }

  /** The collections that the caller may use, how much they hold and what they were made with. */
  collections(signal?: AbortSignal): Promise<CollectionList> {
    return this.send({ method: "GET", path: "/collections", signal });
  }

  /** What a collection holds, and questions to begin with that its documents do answer; the first call seeks them. */
  overview(query: { "collection"?: string | null } = {}, signal?: AbortSignal): Promise<Overview> {
    return this.send({ method: "GET", path: "/overview", query, signal });
  }

  /** Whether the process answers. */
  health(signal?: AbortSignal): Promise<Alive> {
    return this.send({ method: "GET", path: "/health", signal });
  }

  /** Whether the index is open, the models are loaded and files can be opened; and how many collections the caller may use. */
  ready(signal?: AbortSignal): Promise<Ready> {
    return this.send({ method: "GET", path: "/ready", signal });
  }

  /** Add a document, or replace the one at its path: the body is the file, which is also written to the collection's folder. */
  put(collection: string, path: string, content: BodyInit, headers: { "if-match"?: string; "if-none-match"?: "*" } = {}, signal?: AbortSignal): Promise<StoredDocument | Job> {
    return this.send({ method: "PUT", path: "/collections/{collection}/documents/{path}", parameters: { collection, path }, content, headers, signal });
  }

  /** Remove a document and its file. A change that takes long is answered with a job. */
  delete(collection: string, path: string, headers: { "if-match"?: string } = {}, signal?: AbortSignal): Promise<null | Job> {
    return this.send({ method: "DELETE", path: "/collections/{collection}/documents/{path}", parameters: { collection, path }, headers, signal });
  }

  /** Move a document and its file to another path, at which there must be nothing; its id changes with its path. */
  rename(collection: string, path: string, body: RenameDocument, headers: { "if-match"?: string } = {}, signal?: AbortSignal): Promise<StoredDocument | Job> {
    return this.send({ method: "PATCH", path: "/collections/{collection}/documents/{path}", parameters: { collection, path }, body, headers, signal });
  }

  /** Give a collection of uploads another name, also in the keys that are limited to it; the ids of its documents change. */
  rename_collection(collection: string, body: RenameCollection, signal?: AbortSignal): Promise<null> {
    return this.send({ method: "PATCH", path: "/collections/{collection}", parameters: { collection }, body, signal });
  }

  /** Remove a collection of uploads with all its documents and their files. */
  delete_collection(collection: string, signal?: AbortSignal): Promise<null> {
    return this.send({ method: "DELETE", path: "/collections/{collection}", parameters: { collection }, signal });
  }

  /** The state of a change to a document. When the service stops, a job is either complete or has changed nothing. */
  job(id: string, signal?: AbortSignal): Promise<Job> {
    return this.send({ method: "GET", path: "/jobs/{id}", parameters: { id }, signal });
  }
}
