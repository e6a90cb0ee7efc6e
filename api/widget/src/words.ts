/** Confidence, places and references in words. */

import type { Citation } from "./service";

const CONFIDENCE: [least: number, level: string, words: string][] = [
  [0.75, "high", "Very likely an answer"],
  [0.5, "fair", "Likely an answer"],
  [0.3, "low", "Possibly an answer"],
  [0, "least", "Perhaps an answer: read it in its place"],
];

export function confidence(probability: number): { level: string; words: string } {
  const [, level, words] = CONFIDENCE.find(([least]) => probability >= least)!;
  return { level, words };
}

/** The headings above a quote, but for the one that its place names. */
export const trail = ({ heading, place }: Pick<Citation, "heading" | "place">): string[] =>
  place === `section ${heading.at(-1)}` ? heading.slice(0, -1) : heading;

/** A title that says more than the name of the file does. */
export function title({ title, path }: { title: string; path: string }): string | null {
  return path.split("/").pop()!.replace(/\.\w+$/, "") === title ? null : title;
}

/** A quote, exactly as it stands, with where it stands and the address that shows it there. */
export function reference({ quote, place, document }: Pick<Citation, "quote" | "place" | "document">, link: string): string {
  const where = [title(document), document.path, place].filter(Boolean).join(", ");
  return `${quote}\n\n— ${where}\n${link}\n`;
}

export const count = (n: number, one: string): string => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
