/** A document's text with quotes marked in it, however long it is: only what is near the quote is on the page. */

import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { ServiceElement, copy } from "./element";
import * as icons from "./icons";
import type { Citation, DocumentReference, ShortAnswer, StoredDocument } from "./service";
import { shared } from "./styles";
import { inUnits, lineBreaks, lines, marked, plain, positions, shown, type Mark, type Span } from "./text";
import { count, place, reference, title } from "./words";

/** A document, and the quote in it if there is one. */
export type Place = { document: { id: string } & Partial<DocumentReference> } & Partial<Omit<Citation, "document">>;

interface Source {
  document: StoredDocument;
  text: string;
}

const AROUND = 4_000;
const MORE = 20_000;
const KEPT = 3;
const ADDRESS = /\/documents\/([0-9a-f]{16})\/view$/;

export class QuotewiseSource extends ServiceElement {
  static styles = [shared, css`
    :host {
      block-size: 100%;
      background: var(--surface);
    }
    section {
      display: grid;
      grid-template-rows: auto auto 1fr;
      block-size: 100%;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 0.75rem;
      align-items: start;
      justify-content: space-between;
      padding: 0.625rem 0.75rem 0.625rem 1.125rem;
      border-block-end: 1px solid var(--border);
    }
    header > div {
      flex: 1 1 12rem;
      min-inline-size: 0;
    }
    nav {
      display: flex;
      align-items: center;
      gap: 0.125rem;
    }
    nav span {
      padding-inline: 0.25rem;
      white-space: nowrap;
    }
    .notices {
      padding: 0.75rem 1.125rem 0;
    }
    .notices:empty {
      display: none;
    }
    .text {
      position: relative;
      overflow: auto;
      padding: 1rem 1.125rem 2rem 0;
      font: 1rem/1.65 var(--quote-font);
      overscroll-behavior: contain;
    }
    .text:focus-visible {
      outline-offset: -2px;
    }
    .line {
      display: grid;
      grid-template-columns: 3.25rem minmax(0, 1fr);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      tab-size: 4;
    }
    .line::before {
      content: attr(data-line);
      padding-inline-end: 0.875rem;
      text-align: end;
      color: var(--muted);
      font: 0.6875rem/1.6rem var(--font);
      font-variant-numeric: tabular-nums;
      user-select: none;
    }
    .line p:empty::before {
      content: "\\200b";
    }
    .other {
      background: color-mix(in srgb, var(--mark) 45%, transparent);
    }
    .quote {
      background: var(--mark);
    }
    .highlight {
      background: color-mix(in srgb, var(--mark-strong) 55%, var(--mark));
    }
    .more {
      display: flex;
      margin: 0.25rem 0 0.75rem 3.25rem;
    }
    .more + .more,
    .line + .more {
      margin-block: 0.75rem 0;
    }
  `];

  @property() document: string | null = null;
  @property({ type: Number }) start: number | null = null;
  @property({ type: Number }) end: number | null = null;
  /** How the sha256 of the document began, or was, when `start` and `end` were taken from it. */
  @property() sha256: string | null = null;
  @property({ attribute: false }) places: Place[] = [];
  @property({ attribute: false }) current = 0;
  @property({ attribute: false }) short: ShortAnswer | null = null;
  /** Whether it stands beside something that it can be closed towards. */
  @property({ attribute: false }) beside = false;

  @state() private source: Source | null = null;
  @state() private problem = "";
  @state() private notice = "";
  @state() private window: Span & { line: number } = { start: 0, end: 0, line: 1 };
  @state() private copied = false;
  @query(".text") private scroller!: HTMLElement;
  @query("h2") private heading!: HTMLElement;

  /** Whether the address of the page says what is shown. */
  private addressed = false;
  private wanted?: Place;
  private marks: Mark[] = [];
  private quote: (Span & { line_start: number; line_end: number }) | null = null;
  private sources = new Map<string, Promise<Source>>();

  focus(): void {
    this.heading.focus({ preventScroll: true });
  }

  connectedCallback(): void {
    super.connectedCallback();
    const [, id] = (!this.document && !this.places.length && ADDRESS.exec(location.pathname)) || [];
    if (!id) return;
    const asked = new URLSearchParams(location.search);
    this.document = id;
    this.addressed = true;
    if (asked.has("start") || asked.has("end")) {
      this.start = Number(asked.get("start") || NaN);
      this.end = Number(asked.get("end") || NaN);
      this.sha256 = asked.get("sha256");
    }
  }

  protected willUpdate(changed: PropertyValues): void {
    if (["document", "start", "end", "sha256"].some((name) => changed.has(name)) && this.document) {
      const document = { id: this.document, sha256: this.sha256 ?? undefined };
      this.places = [{ document, start: this.start ?? undefined, end: this.end ?? undefined }];
      this.current = 0;
    }
    if (this.wanted !== this.places[this.current]) void this.show();
  }

  protected again(): void {
    void this.show();
  }

  private async show(): Promise<void> {
    const wanted = (this.wanted = this.places[this.current]);
    if (!wanted) return;
    this.problem = "";
    this.copied = false;
    if (this.source?.document.id !== wanted.document.id) this.source = null;
    let source: Source;
    try {
      source = await this.read(wanted.document);
    } catch (error) {
      this.sources.clear();
      const problem = this.problemOf(error);
      const unknown = problem.kind === "unknown-document";
      if (wanted === this.wanted) this.problem = unknown ? "This document is not in the index, or no longer." : problem.message;
      return;
    }
    if (wanted !== this.wanted) return;
    this.source = source;
    this.mark(source, wanted);
    await this.updateComplete;
    const first = this.renderRoot.querySelector<HTMLElement>("mark.quote");
    this.scroller.scrollTop = first ? first.offsetTop - this.scroller.clientHeight / 4 : 0;
    if (this.addressed) globalThis.document.title = `${plain(source.document.title)} – Quotewise`;
  }

  private read({ id, sha256 }: Place["document"]): Promise<Source> {
    const version = `${id} ${sha256}`;
    let found = this.sources.get(version);
    if (!found) {
      const { service } = this;
      found = Promise.all([service.document(id), service.text(id)]).then(([document, text]) => ({ document, text }));
      this.sources.set(version, found);
      if (this.sources.size > KEPT) this.sources.delete(this.sources.keys().next().value!);
    }
    return found;
  }

  /** Decide what is marked: nothing, unless the text still says there what was quoted. */
  private mark({ document, text }: Source, wanted: Place): void {
    const { start, end } = wanted;
    this.marks = [];
    this.quote = null;
    this.notice = "";
    if (start !== undefined || end !== undefined) {
      const whole = Number.isInteger(start) && Number.isInteger(end) && start! >= 0 && start! < end!;
      const [from, to] = whole ? positions(text, [start!, end!]) : [-1, -1];
      if (wanted.quote === undefined && !document.sha256.startsWith(wanted.document.sha256 ?? "")) {
        this.notice = "This document has changed since the link was made, and the quote may no longer stand there. Nothing is marked.";
      } else if (from < 0 || to < 0) {
        const asked = whole ? `characters ${start!.toLocaleString("en")} to ${end!.toLocaleString("en")}` : "no possible range";
        this.notice = `The address names ${asked}, but this document has ${count(document.characters, "character")}. Nothing is marked.`;
      } else if (wanted.quote !== undefined && text.slice(from, to) !== wanted.quote) {
        this.notice = "This document has changed since it was quoted, and the quote no longer stands there. Nothing is marked.";
      } else {
        const line_start = 1 + lineBreaks(text, from);
        this.quote = { start: from, end: to, line_start, line_end: line_start + lineBreaks(text.slice(from, to)) };
        const all = [{ start: start!, end: end!, kind: "quote" }, ...(wanted.highlights ?? []).map((span) => ({ ...span, kind: "highlight" }))];
        if (this.short && this.short.citation === this.current + 1) all.push({ ...this.short, kind: "short" });
        this.marks = [...inUnits(text, all), ...inUnits(text, this.others(document, wanted))];
      }
    }
    const near = this.quote ?? { start: 0, end: 0 };
    this.look(this.cut(text, near.start - AROUND), this.cut(text, Math.min(near.end, near.start + MORE) + AROUND));
  }

  private others({ id, sha256 }: StoredDocument, wanted: Place): Mark[] {
    const same = this.places.filter((one) => one !== wanted && one.document.id === id && one.document.sha256 === sha256);
    return same.flatMap(({ start, end }) => (end === undefined ? [] : [{ start: start!, end, kind: "other" }]));
  }

  /** A place near this one to cut a text: where a line starts or, in a line that is too long, between two characters. */
  private cut(text: string, near: number): number {
    if (near <= 0) return 0;
    if (near >= text.length) return text.length;
    let start = Math.max(text.lastIndexOf("\n", near - 1), text.lastIndexOf("\r", near - 1)) + 1;
    if (text[start] === "\n" && text[start - 1] === "\r") start++;
    if (near - start < AROUND / 2) return start;
    return (text.charCodeAt(near) & 0xfc00) === 0xdc00 ? near - 1 : near;
  }

  private more(direction: "above" | "below"): void {
    const { text } = this.source!;
    const { start, end } = this.window;
    const bottom = this.scroller.scrollHeight - this.scroller.scrollTop;
    if (direction === "below") this.look(start, this.cut(text, end + MORE));
    else {
      this.look(this.cut(text, start - MORE), end);
      void this.updateComplete.then(() => (this.scroller.scrollTop = this.scroller.scrollHeight - bottom));
    }
  }

  private look(start: number, end: number): void {
    this.window = { start, end, line: 1 + lineBreaks(this.source!.text, start) };
  }

  /** To another quote of the answer; after the last comes the first. */
  private move(next: number): void {
    const to = (next + this.places.length) % this.places.length;
    this.dispatchEvent(new CustomEvent("quotewise-move", { detail: to }));
    this.current = to;
  }

  private async copyQuote(): Promise<void> {
    const { document, text } = this.source!;
    const quote = text.slice(this.quote!.start, this.quote!.end);
    this.copied = await copy(reference({ page: null, ...this.quote!, quote, document }, this.link()));
  }

  private link(): string {
    const wanted = this.places[this.current];
    return this.service.link(this.source?.document ?? wanted.document, this.quote ? wanted : undefined);
  }

  render(): TemplateResult {
    const { source, problem, notice, keyNeeded } = this;
    const wanted = this.places[this.current];
    const known = source?.document ?? (wanted as Citation | undefined)?.document;
    const name = known?.path && title(known);
    const below = [name && html`<bdi>${shown(known!.path)}</bdi>`, this.quote && place({ page: wanted.page ?? null, ...this.quote })];
    return html`<section aria-label="Source" aria-busy=${!source && !problem}>
      <header>
        <div>
          <h2 tabindex="-1" class="break" part="source-title"><bdi>${shown(name || known?.path || (problem ? "No document" : "Source"))}</bdi></h2>
          <p class="muted break">${below.filter(Boolean).map((part, i) => html`${i ? ", " : ""}${part}`)}</p>
        </div>
        ${this.controls(source)}
      </header>
      <div class="notices" role="status">${
        keyNeeded ? this.keyForm() : problem || notice ? html`<p class="problem break">${shown(problem || notice)}</p>` : nothing
      }</div>
      <div class="text" part="source-text" role="region" aria-label="Text of the document" tabindex="0">
        ${source ? this.rows(source) : problem ? nothing : html`<p class="more muted">Loading the document…</p>`}
      </div>
    </section>`;
  }

  private controls(source: Source | null): TemplateResult {
    const { places, current, beside } = this;
    return html`<nav aria-label="Quotes">
      ${places.length > 1
        ? html`<button class="icon" aria-label="Previous quote" title="Previous quote" @click=${() => this.move(current - 1)}>${icons.previous}</button>
            <span class="muted" role="status">${current + 1} of ${places.length}</span>
            <button class="icon" aria-label="Next quote" title="Next quote" @click=${() => this.move(current + 1)}>${icons.next}</button>`
        : nothing}
      ${source && this.quote
        ? html`<button class="icon" aria-label=${this.copied ? "Copied" : "Copy quote and reference"} title="Copy quote and reference" @click=${this.copyQuote}>${this.copied ? icons.done : icons.copying}</button>`
        : nothing}
      ${beside
        ? html`<a class="button icon" href=${this.link()} target="_blank" rel="noopener" aria-label="Open at its own address" title="Open at its own address">${icons.elsewhere}</a>
            <button class="icon" aria-label="Close the source" title="Close" @click=${this.close}>${icons.close}</button>`
        : nothing}
    </nav>`;
  }

  private rows({ text }: Source): TemplateResult {
    const { start, end } = this.window;
    let number = this.window.line;
    const found = [...lines(text, this.window)];
    if (found.length > 1 && found.at(-1)!.start === end) found.pop();
    return html`
      ${start > 0 ? html`<div class="more"><button class="outlined" @click=${() => this.more("above")}>${icons.previous} More above</button></div>` : nothing}
      ${found.map((line) => html`<div class="line" data-line=${number++}><p dir="auto">${marked(text, line, this.marks)}</p></div>`)}
      ${end < text.length ? html`<div class="more"><button class="outlined" @click=${() => this.more("below")}>${icons.next} More below</button></div>` : nothing}
    `;
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("quotewise-close"));
  }
}
