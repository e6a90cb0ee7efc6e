/** A page of a document as a picture, with the quote marked on it, and the pages around it one key away. */

import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { ServiceElement } from "./element";
import * as icons from "./icons";
import { Problem, type Box, type DocumentReference } from "./service";
import { shared } from "./styles";
import { shown } from "./text";

/** Pictures that are kept, each of some megabytes. */
const KEPT = 6;
/** Widths are rounded to a multiple, so that a pane that changes a little shows the pictures that it has. */
const STEP = 200;
const WIDEST = 2400;
const MARKED = "rgb(255 224 102)";

export class QuotewisePage extends ServiceElement {
  static styles = [shared, css`
    :host {
      min-block-size: 0;
      min-inline-size: 0;
    }
    section {
      display: grid;
      grid-template-rows: auto minmax(0, 1fr);
      block-size: 100%;
    }
    nav {
      display: flex;
      align-items: center;
      justify-content: center;
      gap: 0.375rem;
      padding: 0.25rem 0.75rem;
      border-block-end: 1px solid var(--border);
    }
    label {
      display: flex;
      align-items: center;
      gap: 0.375rem;
      white-space: nowrap;
    }
    input {
      inline-size: 4rem;
      padding: 0.125rem 0.375rem;
      text-align: center;
    }
    [aria-disabled="true"] {
      opacity: 0.4;
      cursor: default;
    }
    .sheet {
      overflow: auto;
      padding: 0.75rem;
      overscroll-behavior: contain;
    }
    .sheet:focus-visible {
      outline-offset: -2px;
    }
    canvas {
      display: block;
      inline-size: 100%;
      block-size: auto;
      border: 1px solid var(--border);
    }
    .problem + canvas,
    .loading + canvas {
      display: none;
    }
    .problem button {
      margin-block-start: 0.5rem;
    }
  `];

  @property({ attribute: false }) of: Pick<DocumentReference, "id" | "path"> & { sha256?: string } = { id: "", path: "" };
  /** How many pages can be turned to. */
  @property({ attribute: false }) pages = 1;
  @property({ attribute: false }) page = 1;
  /** What is marked, on whichever pages. */
  @property({ attribute: false }) boxes: Box[] = [];

  @state() private image: ImageBitmap | null = null;
  @state() private problem = "";
  @query("canvas") private canvas!: HTMLCanvasElement;
  @query(".sheet") private scroller!: HTMLElement;

  private images = new Map<string, Promise<ImageBitmap>>();
  private wanted = "";

  protected again(): void {
    this.wanted = "";
    void this.show();
  }

  protected updated(changed: PropertyValues): void {
    if (changed.has("of") || changed.has("page")) void this.show();
    if (changed.has("boxes")) this.draw();
  }

  private async show(): Promise<void> {
    const { page } = this;
    const wanted = this.key(page);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.problem = "";
    this.image = null;
    try {
      const image = await this.picture(page);
      if (wanted !== this.wanted) return;
      this.image = image;
    } catch (error) {
      if (wanted === this.wanted) this.problem = this.problemOf(error).message;
      return;
    }
    await this.updateComplete;
    this.draw();
    for (const next of [page + 1, page - 1]) {
      if (next >= 1 && next <= this.pages) this.picture(next).catch(() => {}); // it is told when it is turned to
    }
  }

  private get width(): number {
    return Math.min(WIDEST, Math.max(3, Math.ceil((this.clientWidth * devicePixelRatio) / STEP)) * STEP);
  }

  private key = (page: number): string => `${this.of.id} ${this.of.sha256} ${page}`;

  private picture(page: number): Promise<ImageBitmap> {
    const key = this.key(page);
    let found = this.images.get(key);
    if (!found) {
      found = this.service.page(this.of.id, page, this.width).then((data) =>
        createImageBitmap(data).catch(() => {
          throw new Problem("unreadable-picture", this.texts.damagedPicture(page));
        }),
      );
      found.catch(() => this.images.delete(key));
      this.images.set(key, found);
      if (this.images.size > KEPT) this.images.delete(this.images.keys().next().value!);
    }
    return found;
  }

  /** Onto a canvas, since a page that embeds the widget may allow no images but its own. */
  private draw(): void {
    const { canvas, image } = this;
    if (!image || !canvas) return;
    Object.assign(canvas, { width: image.width, height: image.height });
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    context.globalCompositeOperation = "multiply"; // paper takes the colour, ink stays as it is
    context.fillStyle = MARKED;
    const boxes = this.boxes.filter(({ page }) => page === this.page);
    for (const { left, top, right, bottom } of boxes) {
      context.fillRect(left * image.width, top * image.height, (right - left) * image.width, (bottom - top) * image.height);
    }
    const top = Math.min(...boxes.map((box) => box.top));
    this.scroller.scrollTop = boxes.length ? top * canvas.clientHeight - this.scroller.clientHeight / 3 : 0;
  }

  /** To a page or, where there is none of that number, the nearest one, which is returned. */
  private turn(page: number): number {
    const to = Math.min(Math.max(Math.round(page) || 1, 1), this.pages);
    if (to !== this.page) this.dispatchEvent(new CustomEvent("quotewise-turn", { detail: to }));
    return to;
  }

  private jump({ target }: Event): void {
    const input = target as HTMLInputElement;
    input.value = `${this.turn(Number(input.value))}`;
  }

  private pressed(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.turn(this.page + by);
  }

  render(): TemplateResult {
    const { page, pages, problem, image, texts } = this;
    const marked = this.boxes.some((box) => box.page === page);
    const button = (to: number, name: string, icon: TemplateResult): TemplateResult => html`<button class="icon"
      aria-label=${name} title=${name} aria-disabled=${to < 1 || to > pages ? "true" : nothing} @click=${() => this.turn(to)}>${icon}</button>`;
    return html`<section aria-label=${texts.page} aria-busy=${image || problem ? "false" : "true"}>
      <nav aria-label=${texts.pages}>
        ${button(page - 1, texts.previousPage, icons.left)}
        <label class="muted">${texts.page} <input type="number" min="1" max=${pages} .value=${`${page}`} @change=${this.jump} /> ${texts.ofPages(pages)}</label>
        ${button(page + 1, texts.nextPage, icons.right)}
      </nav>
      <div class="sheet" part="source-page" role="region" aria-label=${texts.pictureOfPage} tabindex="0" @keydown=${this.pressed}>
        ${this.keyNeeded
          ? nothing
          : problem
            ? html`<div class="problem break" role="alert"><p>${texts.pageFails(page)} ${shown(problem)}</p>
                <button class="outlined" @click=${this.again}>${texts.tryAgain}</button></div>`
            : image
              ? nothing
              : html`<p class="loading muted">${texts.loadingPage(page)}</p>`}
        <canvas role="img" aria-label=${(marked ? texts.markedPage : texts.pageOfDocument)(page, this.of.path)}></canvas>
      </div>
    </section>
    <p class="unseen" role="status">${image ? texts.pageOf(page, pages) : ""}</p>`;
  }
}
