/** What the service is asked and what it answers: the types of its clients, and what the page makes of them. */

import type * as api from "../../../integrations/typescript/src/operations";

export type { Box, DocumentReference, ShownPart, StoredDocument } from "../../../integrations/typescript/src/operations";

export type Contradiction = api.Contradiction;
export type ShortAnswer = Pick<api.ShortAnswer, "start" | "end" | "citation">;
export type Overview = Pick<api.Overview, "documents" | "latest" | "questions">;
/** With all that the service sends, though its description lets a default be left out. */
export type ShownBlock = Required<api.ShownBlock>;
export type Structure = { parts: api.ShownPart[]; blocks: ShownBlock[] };
export type Passage = Required<Pick<api.Passage, "text" | "start" | "end" | "place" | "heading" | "document">>;
/** Of an answer, or made of a passage. */
export type Citation = Required<Pick<api.Citation, "quote" | "start" | "end" | "page" | "place" | "heading" | "highlights" | "document">>;
export type Verdict = Pick<api.AskResponse, "answered" | "confidence"> & { short_answer: ShortAnswer | null } & Partial<
    Pick<api.AskResponse, "interpretation" | "contradictions">
  >;

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

/** Which documents are looked at, as the page asks for them. */
export type Limits = Omit<api.DocumentFilter, "exclude" | "ranges">;
export type EarlierTurn = Required<api.HistoryTurn>;
