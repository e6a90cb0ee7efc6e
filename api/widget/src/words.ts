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

/** Where a quote stands in its document. */
export function place({ page, line_start, line_end }: Pick<Citation, "page" | "line_start" | "line_end">): string {
  const lines = line_start === line_end ? `line ${line_start}` : `lines ${line_start}–${line_end}`;
  return page === null ? lines : `page ${page}, ${lines}`;
}

/** A title that says more than the name of the file does. */
export function title({ title, path }: { title: string; path: string }): string | null {
  return path.split("/").pop()!.replace(/\.\w+$/, "") === title ? null : title;
}

/** A quote, exactly as it stands, with where it stands and the address that shows it there. */
export function reference(citation: Pick<Citation, "quote" | "page" | "line_start" | "line_end" | "document">, link: string): string {
  const name = title(citation.document);
  return `${citation.quote}\n\n— ${name ? `${name}, ` : ""}${citation.document.path}, ${place(citation)}\n${link}\n`;
}

export const count = (n: number, one: string): string => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
