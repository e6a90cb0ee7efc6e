/** A document's text for the page: as lines, or in a readable form by its blocks; all of it is text, whatever it says. */

import { html, nothing, type TemplateResult } from "lit";
import type { ShownBlock, ShownPart, Structure } from "./service";
import { lines, marked, positions, shown, type Mark, type Span } from "./text";

const NUMBERED = /^(?:\(?[\p{L}\d]{1,4}[.)]|[•●▪◦‣·*–→§-])\s/u;
const ASTRAL = /[\ud800-\udbff]/;
const DEEPEST = 6;

/** Parts and blocks by offsets of UTF-16 rather than of code points. */
export function structureInUnits(text: string, { parts, blocks }: Structure): Structure {
  if (!ASTRAL.test(text)) return { parts, blocks };
  const points = [...parts.map(({ start }) => start), ...blocks.flatMap((block) => [block, ...block.cells, ...block.marks].flatMap(({ start, end }) => [start, end]))];
  const found = positions(text, points);
  const units = new Map(points.map((point, i) => [point, found[i]]));
  const moved = <S extends Span>(span: S): S => ({ ...span, start: units.get(span.start)!, end: units.get(span.end)! });
  return {
    parts: parts.map((part) => ({ ...part, start: units.get(part.start)! })),
    blocks: blocks.map((block) => ({ ...moved(block), cells: block.cells.map(moved), marks: block.marks.map(moved) })),
  };
}

/** The lines of a part of a text, with their numbers where they are those of the file. */
export function asLines(text: string, window: Span & { line: number }, parts: ShownPart[], marks: Mark[], numbered: boolean): TemplateResult[] {
  const found = [...lines(text, window)];
  if (found.length > 1 && found.at(-1)!.start === window.end) found.pop();
  let number = window.line;
  let next = parts.findIndex(({ start }) => start >= window.start);
  return found.map((line) => {
    const begun = [];
    for (; next >= 0 && next < parts.length && parts[next].start <= line.end; next++) begun.push(partOf(parts[next]));
    return html`${begun}<div class="line ${numbered ? "numbered" : ""}" data-line=${number++}><p dir="auto" data-start=${line.start}>${marked(text, line, marks)}</p></div>`;
  });
}

/** The blocks of a part of a text: headings, lists, tables, code. What stands between blocks is no text to read. Rows without a heading of their own get `columns`. */
export function asBlocks(text: string, window: Span, { parts, blocks }: Structure, marks: Mark[], tableName: string, columns: string[] = []): TemplateResult[] {
  const pieces = within(window, parts, blocks);
  const found: TemplateResult[] = [];
  for (let i = 0; i < pieces.length; ) {
    const { block, part } = pieces[i];
    const group = GROUPS[block.kind];
    let end = i + 1;
    while (group && end < pieces.length && GROUPS[pieces[end].block.kind] === group && (!pieces[end].part || group === "cues")) end++;
    const members = pieces.slice(i, end);
    if (part && group !== "cues") found.push(partOf(part));
    if (group === "table") found.push(table(text, members.map((one) => one.block), marks, tableName, columns));
    else if (group === "list") found.push(html`<ul class=${block.kind}>${members.map((one) => item(text, one.block, marks))}</ul>`);
    else if (group === "cues") found.push(html`${members.map((one) => cue(text, one.block, one.part, marks))}`);
    else found.push(single(text, block, marks));
    i = end;
  }
  return found;
}

const GROUPS: Record<string, "table" | "list" | "cues"> = { row: "table", columns: "table", item: "list", cue: "cues" };

interface Piece {
  block: ShownBlock;
  /** The part that begins with it. */
  part?: ShownPart;
}

/** The blocks in a window, cut where it ends and where a part begins. */
function within(window: Span, parts: ShownPart[], blocks: ShownBlock[]): Piece[] {
  const pieces: Piece[] = [];
  let next = parts.findIndex(({ start }) => start >= window.start);
  for (const block of blocks) {
    if (block.end <= window.start || block.start >= window.end) continue;
    let start = Math.max(block.start, window.start);
    const end = Math.min(block.end, window.end);
    while (start < end) {
      let part: ShownPart | undefined;
      for (; next >= 0 && parts[next]?.start <= start; next++) part = parts[next];
      const cut = next >= 0 && parts[next]?.start < end && !block.cells.length ? parts[next].start : end;
      pieces.push({ block: { ...block, start, end: cut }, part });
      start = cut;
    }
  }
  return pieces;
}

const partOf = ({ kind, number, place }: ShownPart): TemplateResult =>
  html`<p class="part muted" data-part="${kind} ${number}"><bdi>${place}</bdi></p>`;

const content = (text: string, block: ShownBlock, marks: Mark[]): unknown => marked(text, block, [...marks, ...block.marks]);

function single(text: string, block: ShownBlock, marks: Mark[]): TemplateResult {
  const { kind, level, start } = block;
  if (kind === "heading")
    return html`<p class="heading l${Math.min(level, DEEPEST)}" role="heading" aria-level=${Math.min(level + 2, DEEPEST)} dir="auto" data-start=${start}>${content(text, block, marks)}</p>`;
  if (kind === "code") return html`<pre class="code" data-start=${start}>${content(text, block, marks)}</pre>`;
  if (kind === "quotation") return html`<blockquote dir="auto" data-start=${start}>${content(text, block, marks)}</blockquote>`;
  return html`<p class=${kind} dir="auto" data-start=${start}>${content(text, block, marks)}</p>`;
}

function item(text: string, block: ShownBlock, marks: Mark[]): TemplateResult {
  const hidden = block.marks.find(({ kind, start }) => kind === "hidden" && start === block.start);
  const own = NUMBERED.test(text.slice(hidden ? hidden.end : block.start, block.start + 20));
  return html`<li class="l${Math.min(block.level, DEEPEST)} ${own ? "own" : ""}" dir="auto" data-start=${block.start}>${content(text, block, marks)}</li>`;
}

function cue(text: string, block: ShownBlock, part: ShownPart | undefined, marks: Mark[]): TemplateResult {
  return html`<div class="line cue" data-line=${part?.place ?? nothing}><p dir="auto" data-start=${block.start}>${content(text, block, marks)}</p></div>`;
}

/** Rows as a table. The signs between cells stay in it, so that all of a row is there, but are not seen. */
function table(text: string, rows: ShownBlock[], marks: Mark[], name: string, columns: string[]): TemplateResult {
  const headed = columns.length > 0 && rows.every(({ kind, cells }) => kind === "row" && cells.length === columns.length);
  return html`<div class="table" role="region" aria-label=${name} tabindex="0"><table>
    ${headed ? html`<tr class="above">${columns.map((column) => (column ? html`<th scope="col" dir="auto">${shown(column)}</th>` : html`<td></td>`))}</tr>` : nothing}
    ${rows.map((row) => {
      const cells = row.cells.length ? row.cells : [row];
      const hidden = [row.start, ...cells.flatMap(({ start, end }) => [start, end]), row.end];
      const between: Mark[] = cells.concat(row).map((_, i) => ({ start: hidden[2 * i], end: hidden[2 * i + 1], kind: "hidden" }));
      const all = [...marks, ...row.marks, ...between];
      const shown = cells.map((_, i) => {
        const span = { start: i ? cells[i].start : row.start, end: i + 1 < cells.length ? cells[i + 1].start : row.end };
        const inside = marked(text, span, all);
        return row.kind === "columns"
          ? html`<th scope="col" dir="auto" data-start=${span.start}>${inside}</th>`
          : html`<td dir="auto" data-start=${span.start}>${inside}</td>`;
      });
      return html`<tr>${shown}</tr>`;
    })}
  </table></div>`;
}
