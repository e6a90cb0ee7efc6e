/** A document with quotes marked in it, however long it is: its text near the quote and, of a PDF, its pages beside it. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { asBlocks, asLines, structureInUnits } from "./blocks";
import { ServiceElement, copy } from "./element";
import * as icons from "./icons";
import { AROUND, cut, marking, type Place, type Source } from "./marking";
import { selectedSpan } from "./selection";
import type { Box, Citation, DocumentReference, ShortAnswer, ShownPart, Structure } from "./service";
import { looks } from "./source_styles";
import { lineBreaks, plain, pointsBefore, shown, type Mark, type Span } from "./text";
import { placed, reference, title } from "./words";

const MORE = 20_000;
const KEPT = 3;
const ADDRESS = /\/documents\/([^/]+)\/view$/;
const ID = /^[0-9a-f]{16}$/;
const PAGED = "application/pdf";
/** A click that leaves what is selected as it is. */
const keep = (event: Event): void => event.preventDefault();
/** In which a line break within a paragraph is only where its line was full. */
const FLOWING = "text/markdown";

export class QuotewiseSource extends ServiceElement {
  static styles = looks;

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
  /** Whether a selection can be said to be the passage that would have been right. */
  @property({ attribute: false }) marking = false;
  /** The passage that was said to be right. */
  @property({ attribute: false }) right = "";

  @state() private source: Source | null = null;
  @state() private problem = "";
  @state() private notice = "";
  @state() private window: Span & { line: number } = { start: 0, end: 0, line: 1 };
  @state() private copied = false;
  @state() private boxes: Box[] = [];
  @state() private page = 1;
  /** Whether a narrow screen shows the page, rather than the text. */
  @state() private pageFirst = true;
  /** Whether the text is shown line by line even where it has a readable form. */
  @state() private plainly = false;
  @state() private selected: Span | null = null;
  @query(".text") private scroller!: HTMLElement;
  @query("h2") private heading!: HTMLElement;

  /** Whether the address of the page says what is shown. */
  private addressed = false;
  private wanted?: Place;
  private marks: Mark[] = [];
  private quote: Span | null = null;
  /** Where the quote stands, in printed form. */
  private printed = "";
  private sources = new Map<string, Promise<Source>>();

  focus(): void {
    this.heading.focus({ preventScroll: true });
  }

  connectedCallback(): void {
    super.connectedCallback();
    globalThis.document.addEventListener("selectionchange", this.selecting);
    const [, id] = (!this.document && !this.places.length && ADDRESS.exec(location.pathname)) || [];
    if (!id) return;
    if (!ID.test(id)) return void (this.problem = this.texts.unknownDocument);
    const asked = new URLSearchParams(location.search);
    this.document = id;
    this.addressed = true;
    if (asked.has("start") || asked.has("end")) {
      this.start = Number(asked.get("start") || NaN);
      this.end = Number(asked.get("end") || NaN);
      this.sha256 = asked.get("sha256");
    }
  }

  disconnectedCallback(): void {
    super.disconnectedCallback();
    globalThis.document.removeEventListener("selectionchange", this.selecting);
  }

  protected willUpdate(changed: PropertyValues): void {
    if (["document", "start", "end", "sha256"].some((name) => changed.has(name)) && this.document) {
      const document = { id: this.document, sha256: this.sha256 ?? undefined };
      this.places = [{ document, start: this.start ?? undefined, end: this.end ?? undefined }];
      this.current = 0;
    }
    if (changed.has("marking") && this.marking) this.pageFirst = false; // nothing can be selected on the picture
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
    this.boxes = [];
    this.printed = placed(wanted.place ?? "", this.texts);
    if (this.source?.document.id !== wanted.document.id) {
      this.source = null;
      this.page = wanted.page ?? 1; // whose picture need not wait for the text
    }
    let source: Source;
    try {
      source = await this.read(wanted.document);
    } catch (error) {
      this.sources.clear();
      const problem = this.problemOf(error);
      const unknown = problem.kind === "unknown-document";
      if (wanted === this.wanted) this.problem = unknown ? this.texts.unknownDocument : problem.message;
      return;
    }
    if (wanted !== this.wanted) return;
    this.source = source;
    this.mark(source, wanted);
    const at = this.quote?.start ?? 0;
    this.page = source.structure.parts.findLast(({ kind, start }) => kind === "page" && start <= at)?.number ?? 1;
    void this.locate(wanted);
    await this.updateComplete;
    this.reveal();
    if (this.addressed) globalThis.document.title = `${plain(source.document.title)} – Quotewise`;
  }

  private read({ id, sha256 }: Place["document"]): Promise<Source> {
    const version = `${id} ${sha256}`;
    let found = this.sources.get(version);
    if (!found) {
      const { service } = this;
      const structured = service.structure(id).catch((): Structure => ({ parts: [], blocks: [] }));
      found = Promise.all([service.document(id), service.text(id), structured]).then(([document, text, structure]) => ({
        document,
        text,
        structure: structureInUnits(text, { ...structure, parts: structure.parts.map((part) => ({ ...part, place: placed(part.place, this.texts) })) }),
      }));
      this.sources.set(version, found);
      if (this.sources.size > KEPT) this.sources.delete(this.sources.keys().next().value!);
    }
    return found;
  }

  /** Find where the quote stands on its page, and in printed form. */
  private async locate(wanted: Place): Promise<void> {
    if (!this.quote) return;
    try {
      const { place, boxes } = await this.service.place(wanted.document.id, { start: wanted.start!, end: wanted.end! });
      if (wanted !== this.wanted) return;
      this.printed ||= placed(place, this.texts);
      this.boxes = boxes;
      this.requestUpdate();
    } catch {
      // the picture of the page says what is wrong with its file
    }
  }

  /** Scroll to the quote, or to where the text begins. */
  private reveal(target = ".quote"): void {
    const first = [...this.renderRoot.querySelectorAll(target)].find((one) => one.getClientRects().length);
    const down = first ? first.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top : 0;
    this.scroller.scrollTop = first ? this.scroller.scrollTop + down - this.scroller.clientHeight / 4 : 0;
  }

  /** To another page, in picture and text. */
  private async turn(page: number): Promise<void> {
    this.page = page;
    const { text, structure } = this.source ?? { text: "", structure: { parts: [] as ShownPart[] } };
    const start = structure.parts.find(({ number }) => number === page)?.start;
    if (start === undefined) return; // there is no text on it
    if (start < this.window.start || start >= this.window.end) this.look(cut(text, start - AROUND), cut(text, start + AROUND));
    await this.updateComplete;
    this.reveal(`[data-part="page ${page}"]`);
  }

  private async view(pageFirst: boolean): Promise<void> {
    this.pageFirst = pageFirst;
    await this.updateComplete;
    this.reveal();
  }

  private selecting = (): void => {
    const span = this.source && selectedSpan(this.renderRoot as ShadowRoot, this.source.text);
    if (span?.start !== this.selected?.start || span?.end !== this.selected?.end) {
      this.selected = span;
      this.copied = false;
    }
  };

  private mark(source: Source, wanted: Place): void {
    const { text } = source;
    Object.assign(this, marking(source, wanted, this.places, this.short, this.texts));
    const near = this.quote ?? { start: 0, end: 0 };
    this.look(cut(text, near.start - AROUND), cut(text, Math.min(near.end, near.start + MORE) + AROUND));
  }

  private more(direction: "above" | "below"): void {
    const { text } = this.source!;
    const { start, end } = this.window;
    const bottom = this.scroller.scrollHeight - this.scroller.scrollTop;
    if (direction === "below") this.look(start, cut(text, end + MORE));
    else {
      this.look(cut(text, start - MORE), end);
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
    this.copied = await copy(reference({ quote, place: this.printed, document }, this.link()));
  }

  /** Copy what is selected as a quote is copied. */
  private async copySelected(): Promise<void> {
    const { document, text } = this.source!;
    const { start, end } = this.selected!;
    const span = { start: pointsBefore(text, start), end: pointsBefore(text, end) };
    const { place } = await this.service.place(document.id, span).catch(() => ({ place: "" }));
    this.copied = await copy(reference({ quote: text.slice(start, end), place: placed(place, this.texts), document }, this.service.link(document, span)));
  }

  private callRight(): void {
    const { document, text } = this.source!;
    const { start, end } = this.selected!;
    const { id, path } = document;
    const detail = { document: { id, path }, start: pointsBefore(text, start), end: pointsBefore(text, end), quote: text.slice(start, end) };
    this.dispatchEvent(new CustomEvent("quotewise-right", { detail }));
  }

  private link(): string {
    const wanted = this.places[this.current];
    return this.service.link(this.source?.document ?? wanted.document, this.quote ? wanted : undefined);
  }

  render(): TemplateResult {
    const { source, problem, notice, keyNeeded, texts } = this;
    const wanted = this.places[this.current];
    const known = source?.document ?? (wanted as Citation | undefined)?.document;
    const name = known?.path && title(known);
    const below = [name && html`<bdi>${shown(known!.path)}</bdi>`, this.quote && this.printed && html`<bdi>${shown(this.printed)}</bdi>`];
    const paged = !problem && known?.media_type === PAGED;
    return html`<section aria-label=${texts.source} aria-busy=${!source && !problem}>
      <header>
        <div>
          <h2 tabindex="-1" class="break" part="source-title"><bdi>${shown(name || known?.path || (problem ? texts.noDocument : texts.source))}</bdi></h2>
          <p class="muted break">${below.filter(Boolean).map((part, i) => html`${i ? ", " : ""}${part}`)}</p>
        </div>
        ${this.controls(source, paged)}
      </header>
      <div class="notices" role="status">${
        keyNeeded ? this.keyForm() : problem || notice ? html`<p class="problem break">${shown(problem || notice)}</p>` : nothing
      }</div>
      ${this.marking && source ? this.correction() : nothing}
      <div class="body ${paged ? "paged" : ""} ${this.pageFirst ? "page" : ""}">
        ${paged ? this.pages(known as DocumentReference) : nothing}
        <div class="text ${known?.media_type === FLOWING && !this.plainly ? "flowing" : ""}" part="source-text" role="region" aria-label=${texts.textOfDocument} tabindex="0">
          ${source ? this.content(source) : problem ? nothing : html`<p class="more muted">${texts.loadingDocument}</p>`}
        </div>
      </div>
    </section>`;
  }

  /** Always as high, so that the text does not move under who is selecting in it. */
  private correction(): TemplateResult {
    const { texts, right, selected } = this;
    return html`<div class="bar marking"><span class="clamped muted" role="status">${right ? html`${texts.rightKept} <q dir="auto">${shown(right)}</q>` : texts.selectRight}</span>
      <button class="outlined" ?disabled=${!selected} @mousedown=${keep} @click=${this.callRight}>${texts.thisIsRight}</button></div>`;
  }

  private pages(document: DocumentReference): TemplateResult {
    const last = Math.max(this.page, this.source?.structure.parts.at(-1)?.number ?? 1);
    return html`<quotewise-page exportparts="source-page" .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme ?? nothing} lang=${this.lang}
      .of=${document} .pages=${last} .page=${this.page} .boxes=${this.boxes} @quotewise-turn=${(event: CustomEvent<number>) => this.turn(event.detail)}></quotewise-page>`;
  }

  private controls(source: Source | null, paged: boolean): TemplateResult {
    const { places, current, beside, pageFirst, plainly, copied, texts } = this;
    const copying = (what: string, act: () => void): TemplateResult => html`<button class="icon" aria-label=${copied ? texts.copied : what}
      title=${what} @mousedown=${keep} @click=${act}>${copied ? icons.done : icons.copying}</button>`;
    return html`<nav aria-label=${texts.quotes}>
      ${paged
        ? html`<div class="views" role="group" aria-label=${texts.view}>
            <button aria-pressed=${pageFirst ? "true" : "false"} @click=${() => this.view(true)}>${texts.page}</button>
            <button aria-pressed=${pageFirst ? "false" : "true"} @click=${() => this.view(false)}>${texts.text}</button>
          </div>`
        : nothing}
      ${source?.structure.blocks.length
        ? html`<button aria-pressed=${plainly ? "true" : "false"} @click=${this.change}>${texts.plainText}</button>`
        : nothing}
      ${places.length > 1
        ? html`<button class="icon" aria-label=${texts.previousQuote} title=${texts.previousQuote} @click=${() => this.move(current - 1)}>${icons.previous}</button>
            <span class="muted" role="status">${texts.nOf(current + 1, places.length)}</span>
            <button class="icon" aria-label=${texts.nextQuote} title=${texts.nextQuote} @click=${() => this.move(current + 1)}>${icons.next}</button>`
        : nothing}
      ${this.selected ? copying(texts.copySelection, this.copySelected) : source && this.quote ? copying(texts.copyQuote, this.copyQuote) : nothing}
      ${beside
        ? html`<a class="button icon" href=${this.link()} target="_blank" rel="noopener" aria-label=${texts.openAlone} title=${texts.openAlone}>${icons.elsewhere}</a>
            <button class="icon" aria-label=${texts.closeSource} title=${texts.close} @click=${this.close}>${icons.close}</button>`
        : nothing}
    </nav>`;
  }

  private async change(): Promise<void> {
    this.plainly = !this.plainly;
    await this.updateComplete;
    this.reveal();
  }

  private content({ document, text, structure }: Source): TemplateResult {
    const { start, end } = this.window;
    const readable = structure.blocks.length && !this.plainly;
    return html`
      ${start > 0 ? html`<div class="more"><button class="outlined" @click=${() => this.more("above")}>${icons.previous} ${this.texts.moreAbove}</button></div>` : nothing}
      ${readable
        ? asBlocks(text, this.window, structure, this.marks, this.texts.table)
        : asLines(text, this.window, structure.parts, this.marks, document.encoding !== "")}
      ${end < text.length ? html`<div class="more"><button class="outlined" @click=${() => this.more("below")}>${icons.next} ${this.texts.moreBelow}</button></div>` : nothing}
    `;
  }

  private close(): void {
    this.dispatchEvent(new CustomEvent("quotewise-close"));
  }
}
