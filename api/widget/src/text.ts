/** Offsets in Unicode code points, as the service counts them, and text from strangers shown as text. */

import { html } from "lit";

/** A half-open range `[start, end)`. */
export interface Span {
  start: number;
  end: number;
}

/** A range that is marked, and as what. */
export interface Mark extends Span {
  kind: string;
}

/** Kinds of marks that say how a text looks, rather than that it is quoted. */
const STYLES = new Set(["hidden", "code", "strong", "emphasis"]);
const LINE_BREAK = /\r\n|\n|\r/g;
/** What would be obeyed or not be seen; joiners, soft hyphens and the tags of a flag are part of writing. */
const UNSEEN =
  /(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,8})[\u{e0000}-\u{e007f}]|(?!\r?\n|\t)[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

const CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");

/** Where in a string of UTF-16 these offsets in code points are; -1 for one that lies outside. */
export function positions(text: string, points: number[]): number[] {
  const found = new Map<number, number>();
  let unit = 0;
  let point = 0;
  for (const wanted of [...new Set(points)].sort((a, b) => a - b)) {
    for (; point < wanted && unit < text.length; point++) unit += (text.charCodeAt(unit) & 0xfc00) === 0xd800 ? 2 : 1;
    found.set(wanted, point === wanted ? unit : -1);
  }
  return points.map((point) => found.get(point)!);
}

/** How many code points stand before an offset of UTF-16. */
export function pointsBefore(text: string, unit: number): number {
  let points = unit;
  for (let i = 0; i < unit; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) points--;
  return points;
}

/** Spans of code points as spans of UTF-16, without those that lie outside. */
export function inUnits<S extends Span>(text: string, spans: S[], origin = 0): S[] {
  const found = positions(text, spans.flatMap((span) => [span.start - origin, span.end - origin]));
  const moved = spans.map((span, i) => ({ ...span, start: found[2 * i], end: found[2 * i + 1] }));
  return moved.filter((span) => span.start >= 0 && span.end > span.start);
}

/** How many lines end before `end`; a line ends with `\n`, `\r\n` or `\r`, as in an editor. */
export function lineBreaks(text: string, end = text.length): number {
  let count = 0;
  for (const found of text.matchAll(LINE_BREAK)) {
    if (found.index + found[0].length > end) break;
    count++;
  }
  return count;
}

/** The lines of a span of a text, without their breaks. */
export function* lines(text: string, { start, end }: Span): Generator<Span> {
  let from = start;
  for (const found of text.slice(start, end).matchAll(LINE_BREAK)) {
    yield { start: from, end: start + found.index };
    from = start + found.index + found[0].length;
  }
  yield { start: from, end };
}

/** A slice of a text with what is marked in it; what would be obeyed is shown by its name, and copied as it is. */
export function marked(text: string, { start, end }: Span, marks: Mark[]): unknown[] {
  const inside = marks.filter((mark) => mark.start < end && mark.end > start);
  const edges = new Set([start, end, ...inside.flatMap((mark) => [Math.max(mark.start, start), Math.min(mark.end, end)])]);
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(1).map((to, i) => {
    const from = sorted[i];
    const kinds = inside.filter((mark) => mark.start < to && mark.end > from).map((mark) => mark.kind);
    const piece = shown(text.slice(from, to));
    const styled = kinds.filter((kind) => STYLES.has(kind));
    const quoted = [...new Set(kinds.filter((kind) => !STYLES.has(kind)))].join(" ");
    if (kinds.includes("hidden")) return html`<span class="hidden ${quoted}">${piece}</span>`;
    const looked = styled.length ? html`<span class=${styled.join(" ")}>${piece}</span>` : piece;
    return quoted ? html`<mark class=${quoted}>${looked}</mark>` : looked;
  });
}

/** Text from strangers for the page. */
export function shown(text: string): unknown[] {
  const parts: unknown[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    parts.push(text.slice(from, index), html`<bdi class="control" data-name=${nameOf(character)}>${character}</bdi>`);
    from = index + character.length;
  }
  return [...parts, text.slice(from)];
}

/** Text from strangers where no markup can be, such as the title of the window. */
export const plain = (text: string): string => text.replace(UNSEEN, (character) => `[${nameOf(character)}]`);

function nameOf(character: string): string {
  const code = character.codePointAt(0)!;
  return CONTROLS[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
