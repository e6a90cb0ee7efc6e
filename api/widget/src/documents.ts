/** The list of a collection's documents, beside a chat that shows the one that is picked; who may manage adds and removes some. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { QuotewiseChat } from "./chat";
import { Deletion } from "./deletion";
import { looks } from "./document_styles";
import { CONFIRMED, ServiceElement, copy } from "./element";
import { embedding } from "./embedding";
import * as icons from "./icons";
import type { StoredDocument } from "./service";
import { Store } from "./store";
import { plain, shown } from "./text";
import { pick } from "./uploading";
import type { QuotewiseUploads } from "./uploads";
import { title } from "./words";

const PAGE = 100;
const FILTERED = 1000;
const MOST_FILTERED = 10_000;
/** How often the list is read again while documents are added, in milliseconds. */
const REFRESH = 1000;
/** Documents that can be chosen at once, as many as the service takes. */
const MOST_CHOSEN = 100;

export class QuotewiseDocuments extends ServiceElement {
  static styles = looks;

  /** The id of the chat that shows a picked document; without one, links lead to the documents' own addresses. */
  @property() for: string | null = null;
  /** Whether who may manage the documents can do so here. */
  @property({ type: Boolean }) uploads = false;

  @state() private documents: StoredDocument[] = [];
  @state() private total = 0;
  @state() private words = "";
  @state() private shownCount = PAGE;
  @state() private collections: string[] = [];
  @state() private usual = "";
  @state() private problem = "";
  /** Why something could not be changed. */
  @state() private refusal = "";
  @state() private loading = true;
  /** On a narrow screen the list is folded up, until it is asked for. */
  @state() private unfolded = false;
  /** The size of the largest document that may be added; null where none may. */
  @state() private largest: number | null = null;
  /** Named here, and without a document as yet. */
  @state() private made: string[] = [];
  /** Whether the service knows no such collection. */
  @state() private unknown = false;
  /** All collections that are asked at once; none where it is only the one that is shown. */
  @state() private also: string[] = [];
  /** The id of the document that gets another path. */
  @state() private renaming = "";
  /** Paths of the documents that alone are asked; none for all. */
  @state() private only: string[] = [];
  /** The code for another page that was just copied. */
  @state() private copied = "";
  @query("input[type=search]") private filter!: HTMLInputElement;
  @query("quotewise-uploads") private uploader!: QuotewiseUploads;

  private loads: Promise<void> = Promise.resolve();
  private leaving = new AbortController();
  private deletion = new Deletion<StoredDocument>(this, (gone) => this.drop(gone));
  private refreshing = 0;

  private get managed(): boolean {
    return this.uploads && this.largest !== null;
  }

  /** What is wrong, but for a collection that its first document is going to make. */
  private get fault(): string {
    return this.unknown && (this.managed || !this.collection) ? "" : this.problem;
  }

  private get chat(): QuotewiseChat | null {
    return this.for ? document.querySelector<QuotewiseChat>(`#${CSS.escape(this.for)}`) : null;
  }

  connectedCallback(): void {
    super.connectedCallback();
    const asked = new URLSearchParams(location.search).get("collection");
    if (this.for && asked) this.choose(asked);
  }

  protected firstUpdated(): void {
    this.only = this.chat?.only ?? [];
    this.also = this.chat?.also ?? [];
    this.chat?.addEventListener("quotewise-limit", (event) => (this.only = (event as CustomEvent<string[]>).detail));
    this.chat?.addEventListener("quotewise-several", (event) => (this.also = (event as CustomEvent<string[]>).detail));
    this.chat?.addEventListener("quotewise-collection", (event) => this.choose((event as CustomEvent<string | null>).detail ?? this.usual));
  }

  protected willUpdate(changed: PropertyValues): void {
    if (changed.has("endpoint") || changed.has("collection")) void this.again();
  }

  protected async again(): Promise<void> {
    this.deletion.commit();
    this.leaving.abort();
    this.leaving = new AbortController();
    await this.queue(async (signal) => {
      this.documents = [];
      this.total = 0;
      this.shownCount = PAGE;
      this.loading = true;
      await this.load(PAGE, signal);
      await this.fill(signal);
    });
    await this.survey();
  }

  private async survey(): Promise<void> {
    try {
      const found = await this.service.collections();
      this.collections = found.collections.map(({ name }) => name);
      this.usual = found.default;
      this.largest = found.max_upload_bytes;
    } catch (error) {
      this.problemOf(error);
    }
  }

  /** Read the list again, once in a while, since something has been added or removed. */
  private refresh(): void {
    this.refreshing ||= window.setTimeout(async () => {
      this.refreshing = 0;
      await this.queue(async (signal) => {
        await this.load(Math.min(FILTERED, Math.max(PAGE, this.documents.length)), signal, []);
        await this.fill(signal);
      });
      await this.survey();
      this.chat?.refresh();
    }, REFRESH);
  }

  /** One load after another, since each begins where the one before ended; none for a list that has been left. */
  private queue(loading: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.leaving;
    return (this.loads = this.loads.then(() => (signal.aborted ? undefined : loading(signal))));
  }

  /** Load what is still missing of what is to be shown or searched. */
  private async fill(signal: AbortSignal): Promise<void> {
    const wanted = (): number => Math.min(this.total, this.words ? MOST_FILTERED : this.shownCount);
    while (this.documents.length < wanted() && !this.problem && !signal.aborted) await this.load(this.words ? FILTERED : PAGE, signal);
  }

  private async load(limit: number, signal: AbortSignal, known = this.documents): Promise<void> {
    try {
      const found = await this.service.documents(this.collection, known.length, limit, signal);
      this.documents = [...known, ...found.documents];
      this.total = found.total;
      this.unknown = false;
      this.problem = "";
    } catch (error) {
      if (signal.aborted) return;
      const { kind, message } = this.problemOf(error);
      this.unknown = kind === "unknown-collection";
      this.problem = message;
    }
    this.loading = false;
  }

  private choose(collection: string): void {
    this.collection = collection;
    if (this.chat) this.chat.collection = collection;
    const url = new URL(location.href);
    url.searchParams.set("collection", collection);
    window.history.replaceState(null, "", url);
  }

  /** Make a collection, which the service knows from its first document on. */
  private make({ detail: name }: CustomEvent<string>): void {
    if (!this.collections.includes(name)) this.made = [...this.made, name];
    this.choose(name);
  }

  /** Follow a collection to its new name, or leave one that is gone. */
  private async follow({ detail: { from, to } }: CustomEvent<{ from: string; to: string | null }>): Promise<void> {
    const left = (names: string[]): string[] => names.filter((name) => name !== from);
    this.made = left(this.made);
    this.chat?.several([]);
    if (to) new Store(this.address, this.chat?.forget ?? false).moved(from, to);
    await this.survey();
    this.choose(to ?? left([this.usual, ...this.collections])[0] ?? this.usual);
  }

  private added({ detail: added }: CustomEvent<StoredDocument>): void {
    this.documents = this.documents.map((document) => (document.id === added.id ? added : document));
    this.refresh();
  }

  private async replace({ path }: StoredDocument): Promise<void> {
    const [picked] = await pick({});
    if (picked) this.uploader.replace(path, picked.file);
  }

  private async rename({ id }: StoredDocument): Promise<void> {
    this.renaming = id;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>("li form input")!.select();
  }

  private async renamed(event: SubmitEvent, document: StoredDocument): Promise<void> {
    event.preventDefault();
    const path = (new FormData(event.target as HTMLFormElement).get("path") as string).trim();
    this.renaming = this.refusal = "";
    if (path === document.path) return;
    try {
      const moved = await this.service.rename(document, path);
      this.documents = this.documents.map((one) => (one.id === document.id ? moved : one));
      if (this.only.includes(document.path)) this.chat?.limit(this.only.map((one) => (one === document.path ? path : one)));
      this.refresh();
    } catch (error) {
      const { kind, message } = this.problemOf(error);
      this.refusal = kind === "precondition-failed" ? this.texts.pathTaken : message;
    }
  }

  private async undo({ id }: StoredDocument): Promise<void> {
    this.deletion.undo();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-id="${id}"] a`)?.focus();
  }

  private drop(gone: StoredDocument): void {
    const { service } = this;
    if (this.only.includes(gone.path)) this.chat?.limit(this.only.filter((path) => path !== gone.path));
    this.documents = this.documents.filter(({ id }) => id !== gone.id);
    this.total -= 1;
    service.remove(gone.collection, gone.path, gone.sha256).then(
      () => this.chat?.refresh(),
      (error) => {
        const { kind, message } = this.problemOf(error);
        if (kind !== "unknown-document") this.refusal = message; // it was deleted elsewhere
        this.refresh();
      },
    );
  }

  private narrow(): Promise<void> {
    this.words = this.filter.value.trim().toLowerCase();
    this.shownCount = PAGE;
    return this.queue((signal) => this.fill(signal));
  }

  private more(): Promise<void> {
    this.shownCount += PAGE;
    this.problem = "";
    return this.queue((signal) => this.fill(signal));
  }

  private pick(event: MouseEvent, picked: StoredDocument): void {
    if (!this.chat || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.unfolded = false;
    this.chat.open(picked);
  }

  private async copy(code: string): Promise<void> {
    if (!(await copy(code))) return;
    this.copied = code;
    setTimeout(() => this.copied === code && (this.copied = ""), CONFIRMED);
  }

  render(): TemplateResult {
    const { words, documents, texts } = this;
    const { gone } = this.deletion;
    const total = this.total - (gone ? 1 : 0);
    const present = documents.filter(({ id }) => id !== gone?.id);
    const found = words ? present.filter(({ title, path }) => `${title}\n${path}`.toLowerCase().includes(words)) : present;
    const number = this.loading || this.keyNeeded ? nothing : texts.number(total);
    const further = words ? found.length > this.shownCount : total > this.shownCount;
    const { managed, fault } = this;
    const empty = managed && !this.loading && !fault && !total;
    return html`<section class=${this.unfolded || empty ? "open" : ""} aria-label=${texts.documents}>
      <button class="fold" aria-expanded=${this.unfolded || empty ? "true" : "false"} @click=${() => (this.unfolded = !this.unfolded)}>
        ${texts.documents} <span class="muted">${number} ${this.unfolded ? icons.previous : icons.next}</span>
      </button>
      <div class="panel"><div class="head">
        <h2>${texts.documents} <span class="muted">${number}</span></h2>
        ${this.chosen(managed)}
        ${empty ? nothing : html`<input type="search" aria-label=${texts.filterDocuments} placeholder=${texts.filterHint} @input=${this.narrow} />`}
        ${managed
          ? html`<quotewise-uploads .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme ?? nothing} lang=${this.lang} .collection=${this.collection ?? this.usual}
              .largest=${this.largest!} .empty=${empty} .area=${this.for ? window : this} @quotewise-added=${this.added}></quotewise-uploads>`
          : nothing}
      </div>
      <div class="list" tabindex=${found.length ? nothing : "0"}>
        ${this.keyNeeded ? (this.chat?.empty ? nothing : this.keyForm()) : fault ? html`<p class="problem break">${shown(fault)}</p>` : nothing}
        ${this.refusal ? html`<p class="problem break" role="alert">${shown(this.refusal)}</p>` : nothing}
        ${gone ? html`<p class="bar gone"><span class="break">${texts.removed} <bdi>${shown(gone.path)}</bdi></span><button class="outlined" @click=${() => this.undo(gone)}>${texts.undo}</button></p>` : nothing}
        ${this.chat && present.length > 1 ? html`<p class="hint muted">${texts.tickToAskOnly}</p>` : nothing}
        <ul>${found.slice(0, this.shownCount).map((document) => this.item(document, managed))}</ul>
        ${further ? html`<button class="outlined" @click=${this.more}>${texts.showMore}</button>` : nothing}
        <p class="muted" role="status">${this.state(found.length)}</p>
      </div>
      ${managed && this.chat ? embedding(this.address, this.collection, texts, this.copied, (code) => this.copy(code)) : nothing}</div>
    </section>`;
  }

  private chosen(managed: boolean): TemplateResult {
    const current = this.collection ?? this.usual;
    const names = [...new Set([...this.collections, ...this.made, ...(managed && current ? [current] : [])])];
    return html`<quotewise-collections .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme ?? nothing} lang=${this.lang} .names=${names} .collection=${current}
      .also=${this.also} .managed=${managed} .known=${this.collections.includes(current)} @quotewise-choose=${({ detail }: CustomEvent<string>) => this.choose(detail)} @quotewise-made=${this.make} @quotewise-changed=${this.follow}
      @quotewise-also=${({ detail }: CustomEvent<string[]>) => this.chat?.several(detail)}></quotewise-collections>`;
  }

  private item(document: StoredDocument, managed: boolean): TemplateResult {
    const { texts } = this;
    const name = title(document);
    const act = (what: string, icon: TemplateResult, then: () => void): TemplateResult =>
      html`<button class="icon" aria-label=${texts.nOfConversation(what, plain(document.path))} title=${what} @click=${then}>${icon}</button>`;
    if (this.renaming === document.id)
      return html`<li><form class="row" @submit=${(event: SubmitEvent) => this.renamed(event, document)} @keydown=${({ key }: KeyboardEvent) => key === "Escape" && (this.renaming = "")}>
        <input name="path" required aria-label=${texts.newPath} .value=${document.path} />
        <button class="primary">${texts.save}</button>
      </form></li>`;
    return html`<li data-id=${document.id}><a class="break" href=${this.service.link(document)} @click=${(event: MouseEvent) => this.pick(event, document)}>
      ${name ? html`<bdi>${shown(name)}</bdi> <bdi class="muted">${shown(document.path)}</bdi>` : html`<bdi>${shown(document.path)}</bdi>`}
    </a>${managed || this.chat
      ? html`<span class="acts">${managed ? html`${act(texts.rename, icons.rename, () => this.rename(document))}${act(texts.replace, icons.replace, () => this.replace(document))}${act(texts.remove, icons.remove, () => this.deletion.begin(document))}` : nothing}${this.chat ? this.chooser(document) : nothing}</span>`
      : nothing}</li>`;
  }

  private chooser({ path }: StoredDocument): TemplateResult {
    const { texts, only } = this;
    const chosen = only.includes(path);
    const others = only.filter((one) => one !== path);
    return html`<button class="icon only" aria-pressed=${chosen ? "true" : "false"} aria-label=${texts.nOfConversation(texts.askOnly, plain(path))} title=${texts.askOnly}
      @click=${() => this.chat!.limit(chosen ? others : [...only, path].slice(-MOST_CHOSEN))}>${chosen ? icons.only : icons.unticked}</button>`;
  }

  private state(found: number): string {
    if (this.loading || this.fault || this.keyNeeded) return "";
    if (!this.words) return this.total || this.managed ? "" : this.texts.noDocuments; // who may add some is asked to
    const searched = this.documents.length;
    return searched < this.total ? this.texts.matchesOfFirst(found, searched) : this.texts.matches(found);
  }
}
