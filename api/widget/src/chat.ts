/** A chat whose answers are quotes, each one click away from its place in the source. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { chat as looks } from "./chat_styles";
import type { QuotewiseComposer } from "./composer";
import { asking, begun, history, nameOf, take, type Conversation, type Turn } from "./conversation";
import * as icons from "./icons";
import type { Opened } from "./marking";
import type { Citation, DocumentReference, Overview } from "./service";
import { ScopedElement } from "./scope";
import type { QuotewiseSource } from "./source";
import { Store } from "./store";
import { shown } from "./text";
import { placesOf, type Chat, type QuotewiseTurn } from "./turn";
import { welcome } from "./welcome";

/** Of a collection that its first document is going to make. */
const NOTHING: Overview = { documents: 0, latest: [], questions: [] };

export class QuotewiseChat extends ScopedElement implements Chat {
  static styles = looks;

  @property() heading = "";
  @property() placeholder = "";
  /** Questions to begin with: a JSON array, or one a line; by default those that the documents are found to answer. */
  @property() suggestions = "";
  /** Whether the address of the page may name a question, as links to answers do. */
  @property({ type: Boolean }) linked = false;
  /** Whether conversations are forgotten when the tab is closed, as on computers that many use. */
  @property({ type: Boolean }) forget = false;

  @state() private conversation: Conversation = begun(null);
  @state() private opened: Opened | null = null;
  @state() private listing = false;
  @state() private searching = false;
  @state() private overview: Overview | null = null;
  @state() private said = "";
  @state() private notice = "";
  /** The turn whose right passage can be marked in what is opened. */
  @state() private correcting: Turn | null = null;
  @query("quotewise-composer") private composer!: QuotewiseComposer;
  @query(".turns") private scroller!: HTMLElement;
  @query("quotewise-source") private source!: QuotewiseSource;

  private asking: AbortController | null = null;
  private opener: HTMLElement | null = null;

  private get store(): Store {
    return new Store(this.address, this.forget);
  }

  private get turns(): Turn[] {
    return this.conversation.turns;
  }

  /** Whether nothing has been asked yet, so that what is said at the end of the conversation is seen. */
  get empty(): boolean {
    return !this.turns.length;
  }

  private get shownTurns(): QuotewiseTurn[] {
    return [...this.renderRoot.querySelectorAll<QuotewiseTurn>("quotewise-turn")];
  }

  focus(): void {
    this.composer.focus();
  }

  /** Ask a question as if it had been typed. */
  ask(question: string): Promise<void> {
    return this.answer(asking(question, this.scope));
  }

  /** Show a document beside the chat. */
  open(document: DocumentReference): void {
    this.show({ places: [{ document }], current: 0, short: null });
  }

  /** See again what there is to ask about, since the documents have changed. */
  refresh(): void {
    this.overview = null;
    if (!this.turns.length) void this.look();
  }

  connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("storage", this.stored);
    window.addEventListener("beforeunload", this.stop); // else what the browser then breaks off looks like a service that is gone
  }

  disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("storage", this.stored);
    window.removeEventListener("beforeunload", this.stop);
    this.stop();
  }

  private readonly stop = (): void => this.asking?.abort();

  protected willUpdate(changed: PropertyValues): void {
    this.toggleAttribute("opened", this.opened !== null);
    if (!changed.has("endpoint") && !changed.has("collection")) return;
    this.resume(this.store.current(this.collection) ?? begun(this.collection));
    this.limit([]);
    this.several([]);
    this.overview = null;
    if (!this.turns.length) void this.look();
  }

  protected firstUpdated(): void {
    if (this.autofocus) this.focus();
    void this.reveal().then(() => this.scroller.classList.add("smooth"));
    if (this.linked) this.askLinked();
  }

  protected again(): void {
    this.focus();
    const last = this.turns.at(-1);
    if (last?.state === "failed") void this.retry(last);
    else if (!this.turns.length) void this.look();
  }

  /** See what there is to ask about. */
  private async look(): Promise<void> {
    const { collection } = this;
    try {
      const overview = await this.service.overview(collection);
      if (collection === this.collection) this.overview = overview;
    } catch (error) {
      const { kind } = this.problemOf(error); // which asks for a key; the first question says what else is wrong
      if (kind === "unknown-collection" && collection === this.collection) this.overview = NOTHING;
    }
  }

  private resume(conversation: Conversation): void {
    this.asking?.abort();
    this.conversation = conversation;
    this.opened = this.correcting = null;
    this.listing = false;
    this.notice = "";
  }

  /** Ask what the address of the page names, once. */
  private askLinked(): void {
    const linked = this.linkedQuestion();
    if (!linked) return;
    this.clear();
    void this.answer(asking(linked.question, { after: linked.after, alone: !linked.after.length, ...this.scope }));
  }

  retry(turn: Turn): Promise<void> {
    const { question, after, alone, only, also } = turn;
    this.conversation = { ...this.conversation, turns: this.turns.filter((one) => one !== turn) };
    return this.answer(asking(question, { after, alone, only, also }));
  }

  askAlone({ question, only, also }: Turn): Promise<void> {
    return this.answer(asking(question, { alone: true, only, also }));
  }

  private async answer(turn: Turn): Promise<void> {
    if (this.asking || !turn.question.trim()) return;
    const stopping = (this.asking = new AbortController());
    const { address, collection, service, store, texts } = this;
    const told = history(this.turns);
    const before = turn.alone ? [] : told.length ? told : (turn.after ?? []).map((question) => ({ question, quotes: [] }));
    turn.after = before.map(({ question }) => question);
    const conversation = (this.conversation = { ...this.conversation, turns: [...this.turns, turn] });
    this.listing = this.searching = false;
    this.keep();
    store.setCurrent(collection, conversation.id);
    this.tell(turn, texts.searching);
    void this.reveal();
    try {
      const scope = { collection, also: turn.also ?? [], only: turn.only ?? [] };
      for await (const step of service.ask(turn.question, before, scope, stopping.signal)) this.tell(turn, take(turn, step, texts));
    } catch (error) {
      const stopped = stopping.signal.aborted;
      const problem = stopped ? null : this.problemOf(error);
      const wait = problem?.retryAfter ? ` ${texts.tryAgainIn(problem.retryAfter)}` : "";
      turn.state = stopped ? "stopped" : "failed";
      const begins = this.linked && problem?.kind === "unknown-collection"; // a collection is made by its first document
      turn.problem = begins ? texts.noDocumentsYet : problem ? problem.message.replace(/[^.!?。]$/, "$&.") + wait : undefined;
      this.tell(turn, turn.problem ?? texts.stopped);
    }
    if (this.asking === stopping) this.asking = null;
    const elsewhere = address.href !== this.address.href || conversation.id !== this.conversation.id;
    if (elsewhere) return void (this.requestUpdate(), store.keep({ ...conversation, changed: Date.now() }));
    this.keep();
    this.requestUpdate();
    void this.reveal();
  }

  private tell(turn: Turn, words: string): void {
    this.said = turn.progress = words;
    this.requestUpdate();
  }

  /** Scroll to a question, by default the last one, once what is known of its answer is there. */
  private async reveal(number = -1): Promise<void> {
    await this.updateComplete;
    const turns = this.shownTurns;
    await Promise.all(turns.map(({ updateComplete }) => updateComplete));
    const turn = turns.at(number);
    if (turn) this.scroller.scrollTop = turn.offsetTop - 20;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    const beside = this.opened && event.composedPath().includes(this.source);
    if (this.searching && !beside) this.search(false);
    else if (this.listing && !beside) this.list(false);
    else if (this.opened) this.close();
  }

  private clear(): void {
    this.resume(begun(this.collection));
    this.store.setCurrent(this.collection, null);
    this.said = this.texts.newConversationBegun;
    if (!this.overview) void this.look();
    this.focus();
  }

  private search(searching: boolean): void {
    this.turnTo({ searching, listing: false }, searching ? "quotewise-results" : ".search");
  }

  private list(listing: boolean): void {
    this.turnTo({ searching: false, listing }, listing ? "quotewise-conversations" : ".list");
  }

  /** Show a search, the list of conversations or, where it is neither, the conversation again. */
  private turnTo(view: { searching: boolean; listing: boolean }, focused: string): void {
    Object.assign(this, view);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(focused)?.focus());
  }

  /** Go on with a conversation of the list, in the collection that it was in. */
  private async choose({ detail: { conversation, turn, print } }: CustomEvent<{ conversation: Conversation; turn?: number; print?: boolean }>): Promise<void> {
    this.store.setCurrent(conversation.collection, conversation.id);
    if (conversation.collection !== this.collection) {
      this.collection = conversation.collection;
      this.dispatchEvent(new CustomEvent("quotewise-collection", { detail: conversation.collection }));
    }
    this.resume(conversation);
    await this.reveal(turn);
    if (print) window.print();
    else this.focus();
  }

  private edited({ detail: conversation }: CustomEvent<Conversation>): void {
    if (conversation.id === this.conversation.id) this.conversation = { ...conversation, turns: this.turns };
  }

  private removed({ detail: id }: CustomEvent<string>): void {
    if (id !== this.conversation.id) return;
    this.resume(begun(this.collection));
    this.store.setCurrent(this.collection, null);
    this.listing = true;
  }

  private stored = (event: StorageEvent): void => {
    if (this.store.changedElsewhere(event)?.removed === this.conversation.id) this.notice = this.said = this.texts.removedElsewhere;
  };

  follow(turn: Turn, current: number, opener: HTMLElement): void {
    this.opener = opener;
    this.show({ places: placesOf(turn), current, short: turn.short });
  }

  followFurther(citation: Citation, opener: HTMLElement): void {
    this.opener = opener;
    this.show({ places: [citation], current: 0, short: null });
  }

  correct(turn: Turn | null): void {
    this.correcting = turn;
  }

  private async mark({ detail }: CustomEvent<NonNullable<Turn["right"]>>): Promise<void> {
    const turn = this.correcting;
    if (!turn) return;
    turn.right = detail;
    await this.shownTurns.find((one) => one.turn === turn)?.send();
    this.requestUpdate();
  }

  get shownQuote(): Citation | null {
    return this.opened ? (this.opened.places[this.opened.current] as Citation) : null;
  }

  linkTo({ question, after, only = [], also = [] }: Turn): string {
    return this.service.questionLink(question, after ?? [], { collection: this.collection, only, also });
  }

  say(words: string): void {
    this.said = words;
  }

  keep(): void {
    this.conversation.changed = Date.now();
    this.notice = this.store.keep(this.conversation) ? "" : this.texts.notKept;
  }

  private show(opened: Opened): void {
    this.opened = opened;
    void this.updateComplete.then(() => this.source.updateComplete).then(() => this.source.focus());
  }

  private close(): void {
    this.opened = null;
    if (this.opener?.isConnected) void this.updateComplete.then(() => this.opener?.focus());
    else this.focus();
  }

  /** What a printed conversation begins with. */
  private printed(): TemplateResult {
    const { begun, collection } = this.conversation;
    const about = [this.address.href, collection, new Date(begun).toLocaleString(this.lang, { dateStyle: "long", timeStyle: "short" })];
    return html`<div class="printed"><strong>${shown(nameOf(this.conversation))}</strong><p class="muted break">${shown(about.filter(Boolean).join(", "))}</p></div>`;
  }

  render(): TemplateResult {
    const { turns, opened, texts, listing, notice } = this;
    const heading = this.heading || texts.askDocuments;
    return html`<section class="chat ${opened ? "open" : ""}" part="chat" aria-label=${heading} @keydown=${this.pressed}>
      <div class="talk">
        <header part="header">
          <h2 part="heading">${heading}</h2>
          <div>
            <button class="search" aria-expanded=${this.searching ? "true" : "false"} aria-label=${texts.searchPassages} title=${texts.searchPassages} @click=${() => this.search(!this.searching)}>${icons.search}<span>${texts.search}</span></button>
            <button class="list" aria-expanded=${listing ? "true" : "false"} aria-label=${texts.conversations} title=${texts.conversationsHint} @click=${() => this.list(!listing)}>${icons.list}<span>${texts.conversations}</span></button>
            <button class="outlined new" aria-label=${texts.newConversation} title=${texts.newConversation} ?hidden=${!turns.length} @click=${this.clear}>${icons.add}<span>${texts.newConversation}</span></button>
          </div>
        </header>
        ${listing
          ? html`<quotewise-conversations .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme ?? nothing} lang=${this.lang} .forget=${this.forget} .current=${this.conversation.id}
              @quotewise-choose=${this.choose} @quotewise-edited=${this.edited} @quotewise-removed=${this.removed}></quotewise-conversations>`
          : nothing}
        ${this.searching
          ? html`<quotewise-results .endpoint=${this.endpoint} .apiKey=${this.apiKey} theme=${this.theme ?? nothing} lang=${this.lang} .collection=${this.collection} .also=${this.also} .only=${this.only}
              @quotewise-open=${({ detail }: CustomEvent<{ citation: Citation; opener: HTMLElement }>) => this.followFurther(detail.citation, detail.opener)}></quotewise-results>`
          : nothing}
        ${turns.length ? this.printed() : nothing}
        <div class="turns" ?hidden=${listing || this.searching} part="conversation" tabindex=${turns.length ? "0" : nothing} role="region" aria-label=${texts.conversation}>
          ${turns.length
            ? turns.map((turn, i) => html`<quotewise-turn .turn=${turn} .chat=${this} .last=${i === turns.length - 1}></quotewise-turn>`)
            : welcome(this.overview, this.suggestions, texts, { ask: (question) => this.ask(question), open: (document) => this.open(document) })}
          ${this.keyNeeded ? this.keyForm() : nothing}
        </div>
        <div class="foot">
          ${this.limits()}
          ${notice ? html`<p class="notice" role="alert">${notice}</p>` : nothing}
          <quotewise-composer .texts=${texts} .placeholder=${this.placeholder || texts.placeholder} .asking=${this.asking !== null} .asked=${turns.map(({ question }) => question)}
            @quotewise-ask=${({ detail }: CustomEvent<string>) => this.ask(detail)} @quotewise-stop=${() => this.asking?.abort()}></quotewise-composer>
          <p class="promise muted" part="promise">${texts.promise}</p>
        </div>
      </div>
      ${opened
        ? html`<quotewise-source part="source" exportparts="source-title, source-text, source-page, key" .endpoint=${this.endpoint} .apiKey=${this.apiKey}
            theme=${this.theme ?? nothing} lang=${this.lang} .beside=${true} .marking=${this.correcting !== null} .right=${this.correcting?.right?.quote ?? ""} .places=${opened.places} .current=${opened.current} .short=${opened.short}
            @quotewise-close=${this.close} @quotewise-right=${this.mark} @quotewise-move=${(event: CustomEvent<number>) => (this.opened = { ...opened, current: event.detail })}></quotewise-source>`
        : nothing}
    </section>
    <p class="unseen" role="status">${this.said}</p>`;
  }
}
