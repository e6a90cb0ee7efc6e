/** What the service is asked and what it answers, as JSON. */

import type { Mark, Span } from "./text";

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

export interface Passage extends Span {
  text: string;
  place: string;
  heading: string[];
  document: DocumentReference;
}

export interface Verdict {
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
  /** All collections that are asked at once; none where it is that one alone. */
  also: string[];
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
