/** Quotes of Markdown, tables and code as they read, by the blocks of their documents. */

import { structureInUnits } from "./blocks";
import type { Citation, Service, ShownBlock, Structure } from "./service";
import type { Span } from "./text";

/** Signs of markup and of code, without which a quote looks the same by blocks: nothing is fetched for it. */
const SIGNS = /[|`*_~[\]#\t{}=$\\]|--|^[ \t]*(?:[-+•>]|\d+[.)])[ \t]/m;
const KEPT = 100;
const known = new Map<string, Promise<Structure | null>>();

/** The blocks of a quote by its own offsets in UTF-16; null where it is plain text, or they are not to be had. */
export function blocksOf(citation: Citation, service: Service): Promise<Structure | null> {
  const { document, start, end, quote } = citation;
  const plainly = document.media_type === "text/plain" || (document.media_type !== "text/csv" && !SIGNS.test(quote));
  if (plainly) return Promise.resolve(null);
  const key = `${service.endpoint} ${document.id} ${document.sha256} ${start} ${end}`;
  let found = known.get(key);
  if (!found) {
    found = service.structure(document.id, { start, end }).then((structure) => within(citation, structure)).catch(() => null);
    known.set(key, found);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
  }
  return found;
}

function within({ start, end, quote }: Citation, { blocks }: Structure): Structure | null {
  const cut = <S extends Span>(spans: S[]): S[] =>
    spans
      .filter((span) => span.end > start && span.start < end)
      .map((span) => ({ ...span, start: Math.max(span.start, start) - start, end: Math.min(span.end, end) - start }));
  const own = cut(blocks).map((block): ShownBlock => ({ ...block, cells: cut(block.cells), marks: cut(block.marks) }));
  if (own.every(({ kind, marks }) => kind === "paragraph" && !marks.length)) return null;
  return structureInUnits(quote, { parts: [], blocks: own });
}
