/** The turns of a conversation, kept for as long as the tab is open. */

import type { Citation, EarlierTurn, ShortAnswer } from "./service";

export interface Turn {
  question: string;
  state: "asking" | "answered" | "silent" | "stopped" | "failed";
  progress?: string;
  citations: Citation[];
  closest: Citation[];
  confidence: number;
  short: ShortAnswer | null;
  requestId?: string;
  feedback?: "helpful" | "unhelpful" | "refused";
  problem?: string;
}

/** What the service looks at; the rest of a conversation stays here. */
const TURNS = 3;
const QUOTES = 3;
const LONGEST_QUOTE = 2_000;

export const asking = (question: string): Turn => ({
  question,
  state: "asking",
  citations: [],
  closest: [],
  confidence: 0,
  short: null,
});

/** What the service is told of the turns so far, oldest first. */
export function history(turns: Turn[]): EarlierTurn[] {
  const finished = turns.filter((turn) => turn.state === "answered" || turn.state === "silent").slice(-TURNS);
  return finished.map(({ question, citations }) => ({
    question,
    quotes: citations.map(({ quote }) => quote).filter((quote) => quote.length <= LONGEST_QUOTE).slice(0, QUOTES),
  }));
}

const name = (endpoint: URL, collection: string | null): string => `quotewise:${endpoint}:${collection ?? ""}`;

/** The turns that were saved; one that was cut off by leaving the page counts as stopped. */
export function load(endpoint: URL, collection: string | null): Turn[] {
  try {
    const turns: Turn[] = JSON.parse(sessionStorage.getItem(name(endpoint, collection)) ?? "[]");
    return turns.map((turn) => (turn.state === "asking" ? { ...turn, state: "stopped" } : turn));
  } catch {
    return []; // storage is refused, or holds something of another time
  }
}

export function save(endpoint: URL, collection: string | null, turns: Turn[]): void {
  try {
    if (turns.length) sessionStorage.setItem(name(endpoint, collection), JSON.stringify(turns));
    else sessionStorage.removeItem(name(endpoint, collection));
  } catch {
    // refused or full: the conversation goes on without being kept
  }
}
