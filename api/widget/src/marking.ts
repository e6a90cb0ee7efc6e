/** What is marked in a source, and which part of it is shown around that. */

import type { Citation, DocumentReference, ShortAnswer, StoredDocument, Structure } from "./service";
import { inUnits, positions, type Mark, type Span } from "./text";
import type { Texts } from "./texts";

/** A document, and the quote in it if there is one. */
export type Place = { document: { id: string } & Partial<DocumentReference> } & Partial<Omit<Citation, "document">>;

export interface Source {
  document: StoredDocument;
  text: string;
  structure: Structure;
}

/** The places of an answer that are shown in their sources, and the one that is shown now. */
export interface Opened {
  places: Place[];
  current: number;
  short: ShortAnswer | null;
}

export interface Marking {
  marks: Mark[];
  /** In units of UTF-16; null where nothing is marked. */
  quote: Span | null;
  /** Why nothing is, though a place is named. */
  notice: string;
}

/** Characters that are shown before and after a quote. */
export const AROUND = 4_000;

/** The quote of a place and the others of the same answer: nothing, unless the text still says there what was quoted. */
export function marking({ document, text }: Source, wanted: Place, places: Place[], short: ShortAnswer | null, texts: Texts): Marking {
  const { start, end } = wanted;
  const none = (notice: string): Marking => ({ marks: [], quote: null, notice });
  if (start === undefined && end === undefined) return none("");
  if (wanted.quote === undefined && !document.sha256.startsWith(wanted.document.sha256 ?? "")) return none(texts.changedSinceLink);
  const whole = Number.isInteger(start) && Number.isInteger(end) && start! >= 0 && start! < end!;
  if (!whole) return none(texts.noRange(document.characters));
  const [from, to] = positions(text, [start!, end!]);
  if (from < 0 || to < 0) return none(texts.outOfRange(start!, end!, document.characters));
  if (wanted.quote !== undefined && text.slice(from, to) !== wanted.quote) return none(texts.changedSinceQuote);
  const all = [{ start: start!, end: end!, kind: "quote" }, ...(wanted.highlights ?? []).map((span) => ({ ...span, kind: "highlight" }))];
  if (short && places[short.citation - 1] === wanted) all.push({ ...short, kind: "short" });
  return { marks: [...inUnits(text, all), ...inUnits(text, others(document, wanted, places))], quote: { start: from, end: to }, notice: "" };
}

function others({ id, sha256 }: StoredDocument, wanted: Place, places: Place[]): Mark[] {
  const same = places.filter((one) => one !== wanted && one.document.id === id && one.document.sha256 === sha256);
  return same.flatMap(({ start, end }) => (end === undefined ? [] : [{ start: start!, end, kind: "other" }]));
}

/** A place near this one to cut a text: where a line starts or, in a line that is too long, between two characters. */
export function cut(text: string, near: number): number {
  if (near <= 0) return 0;
  if (near >= text.length) return text.length;
  let start = Math.max(text.lastIndexOf("\n", near - 1), text.lastIndexOf("\r", near - 1)) + 1;
  if (text[start] === "\n" && text[start - 1] === "\r") start++;
  if (near - start < AROUND / 2) return start;
  return (text.charCodeAt(near) & 0xfc00) === 0xdc00 ? near - 1 : near;
}
