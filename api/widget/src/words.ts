/** Confidence, places and references as they are shown. */

import type { Citation } from "./service";
import type { Texts } from "./texts";

const LEVELS = [
  [0.75, "high"],
  [0.5, "fair"],
  [0.3, "low"],
  [0, "least"],
] as const;

/** How sure a confidence is, by the name of its text. */
export const levelOf = (confidence: number): (typeof LEVELS)[number][1] => LEVELS.find(([least]) => confidence >= least)![1];

/** The headings above a quote, but for those that its place or the title of its document say already. */
export const trail = ({ heading, place, document }: Pick<Citation, "heading" | "place" | "document">): string[] =>
  heading.filter((one, i) => place !== `section ${one}` && (i > 0 || one !== document.title));

/** Between the names of columns, as index/formats/tables.py joins them: one without a name keeps its place. */
const BETWEEN_NAMES = /(?:^|(?<=\s))\|(?=\s|$)/;

/** The names of the columns above rows of a table; none where the last heading is of a section. */
export function columnsOf({ heading }: Pick<Citation, "heading">): string[] {
  const names = (heading.at(-1) ?? "").split(BETWEEN_NAMES).map((name) => name.trim());
  return names.length > 1 ? names : [];
}

/** A title that says more than the name of the file does. */
export function title({ title, path }: { title: string; path: string }): string | null {
  return path.split("/").pop()!.replace(/\.\w+$/, "") === title ? null : title;
}

/** A place in printed form, as the service gives it in English, in the language of the page. */
export const placed = (place: string, { places }: Texts): string =>
  place.replace(/^[a-z]+(?= )/, (word) => (Object.hasOwn(places, word) ? places[word as keyof Texts["places"]] : word));

/** A quote, exactly as it stands, with where it stands and the address that shows it there. */
export function reference({ quote, place, document }: Pick<Citation, "quote" | "place" | "document">, link: string): string {
  const where = [title(document), document.path, place].filter(Boolean).join(", ");
  return `${quote}\n\n— ${where}\n${link}\n`;
}
