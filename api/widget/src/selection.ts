/** What a reader has selected of a text, by its offsets: elements with `data-start` hold a run of the text from there on. */

import type { Span } from "./text";

/** `getComposedRanges` is the standard; the other is what older browsers have instead. */
type Selections = Selection & { getComposedRanges?: (options: { shadowRoots: ShadowRoot[] }) => StaticRange[] };
type Root = ShadowRoot & { getSelection?: () => Selection | null };

/** The selected span in units of UTF-16, without white space around it; null where nothing or something else is selected. */
export function selectedSpan(root: Root, text: string): Span | null {
  const range = rangeIn(root);
  if (!range || range.collapsed) return null;
  const start = offset(root, range.startContainer, range.startOffset);
  const end = offset(root, range.endContainer, range.endOffset) ?? endOfLast(root); // a triple click on the last line ends outside
  if (start === null || end === null) return null;
  const quote = text.slice(start, end);
  const span = { start: start + quote.length - quote.trimStart().length, end: start + quote.trimEnd().length };
  return span.start < span.end ? span : null;
}

function rangeIn(root: Root): AbstractRange | null {
  const selection: Selections | null = document.getSelection();
  if (selection?.getComposedRanges) return selection.getComposedRanges({ shadowRoots: [root] })[0] ?? null;
  const own = root.getSelection?.() ?? selection;
  return own?.rangeCount ? own.getRangeAt(0) : null;
}

function endOfLast(root: Root): number | null {
  const last = [...root.querySelectorAll<HTMLElement>("[data-start]")].at(-1);
  return last ? Number(last.dataset.start) + last.textContent!.length : null;
}

function offset(root: Root, node: Node, within: number): number | null {
  const element = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>("[data-start]");
  if (!element || !root.contains(element)) return null;
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(node, within);
  return Number(element.dataset.start) + before.toString().length;
}
