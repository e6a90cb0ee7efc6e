/** The turns of a conversation, and what the service is told of them. */

import type { Citation, Contradiction, EarlierTurn, ShortAnswer, Step } from "./service";
import type { Texts } from "./texts";
import { levelOf } from "./words";

export interface Turn {
  question: string;
  state: "asking" | "answered" | "silent" | "stopped" | "failed";
  progress?: string;
  citations: Citation[];
  closest: Citation[];
  /** Further passages that were read, without those that are quoted. */
  others?: Citation[];
  confidence: number;
  short: ShortAnswer | null;
  contradictions?: Contradiction[];
  /** What a follow-up was taken to mean. */
  interpretation?: string | null;
  /** The questions before it that it follows, where it is not asked by itself. */
  after?: string[];
  /** Paths of the documents that alone were asked, where some were chosen. */
  only?: string[];
  /** All collections that were asked at once, where there were several. */
  also?: string[];
  /** Whether it was asked without what came before. */
  alone?: boolean;
  requestId?: string;
  feedback?: "helpful" | "unhelpful" | "refused";
  /** Numbers of the citations that the reader called wrong. */
  wrong?: number[];
  /** The passage that the reader called right. */
  right?: { document: { id: string; path: string }; start: number; end: number; quote: string };
  problem?: string;
}

export interface Conversation {
  id: string;
  /** Given by the reader; otherwise it is called by its first question. */
  title?: string;
  collection: string | null;
  /** When it was begun and last added to, as milliseconds since 1970. */
  begun: number;
  changed: number;
  turns: Turn[];
}

/** What the service looks at; the rest of a conversation stays here. */
const TURNS = 3;
const QUOTES = 3;
const LONGEST_QUOTE = 2_000;

export const asking = (question: string, more: Partial<Turn> = {}): Turn => ({
  question,
  state: "asking",
  citations: [],
  closest: [],
  confidence: 0,
  short: null,
  ...more,
});

export const begun = (collection: string | null): Conversation => {
  const now = Date.now();
  return { id: `${now.toString(36)}${Math.random().toString(36).slice(2, 8)}`, collection, begun: now, changed: now, turns: [] };
};

export const nameOf = ({ title, turns }: Conversation): string => title || turns[0]?.question || "";

/** Add what has become known of an answer; returns what there is to say of it. */
export function take(turn: Turn, step: Step, texts: Texts): string {
  if (step.name === "passages") return texts.reading(step.count);
  if (step.name === "citation") turn.citations = [...turn.citations, step.citation];
  if (step.name === "done") turn.requestId = step.requestId;
  if (step.name !== "answer") return turn.progress ?? "";
  const { answered, closest, others, short_answer, interpretation, contradictions, confidence } = step;
  const found = { closest, others, short: short_answer, interpretation, contradictions, confidence };
  Object.assign(turn, found, { state: answered ? "answered" : "silent" });
  if (!answered) return `${texts.silent} ${texts.closePassages(closest.length)}.`;
  return `${texts.quotesFound(turn.citations.length)}. ${texts.confidence[levelOf(confidence)]}.`;
}

const finished = (turns: Turn[]): Turn[] => turns.filter(({ state }) => state === "answered" || state === "silent");

/** What the service is told of the turns so far, oldest first. */
export function history(turns: Turn[]): EarlierTurn[] {
  return finished(turns)
    .slice(-TURNS)
    .map(({ question, citations }) => ({
      question,
      quotes: citations.map(({ quote }) => quote).filter((quote) => quote.length <= LONGEST_QUOTE).slice(0, QUOTES),
    }));
}
