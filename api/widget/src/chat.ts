/** A chat whose answers are quotes, each one click away from its place in the source. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { chat as looks } from "./chat_styles";
import { asking, history, load, save, type Turn } from "./conversation";
import { ServiceElement } from "./element";
import * as icons from "./icons";
import type { Citation, DocumentReference, ShortAnswer, Step } from "./service";
import type { Place, QuotewiseSource } from "./source";
import { shared } from "./styles";
import { placesOf, type Conversation } from "./turn";
import { levelOf } from "./words";

const LONGEST_QUESTION = 2000;

interface Opened {
  places: Place[];
  current: number;
  short: ShortAnswer | null;
}

export class QuotewiseChat extends ServiceElement implements Conversation {
  static styles = [shared, looks];

  @property() heading = "";
  @property() placeholder = "";
  /** Questions to begin with: a JSON array, or one a line. */
  @property() suggestions = "";

  @state() private turns: Turn[] = [];
  @state() private opened: Opened | null = null;
  @state() private said = "";
  @query("textarea") private composer!: HTMLTextAreaElement;
  @query(".turns") private scroller!: HTMLElement;
  @query("quotewise-source") private source!: QuotewiseSource;

  private asking: AbortController | null = null;
  private opener: HTMLElement | null = null;

  focus(): void {
    this.composer.focus();
  }

  /** Ask a question as if it had been typed. */
  ask(question: string): Promise<void> {
    return this.answer(asking(question));
  }

  /** Show a document beside the chat. */
  open(document: DocumentReference): void {
    this.show({ places: [{ document }], current: 0, short: null });
  }

  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.asking?.abort();
  }

  protected willUpdate(changed: PropertyValues): void {
    if (changed.has("endpoint") || changed.has("collection")) {
      this.asking?.abort();
      this.turns = load(this.address, this.collection);
      this.opened = null;
    }
  }

  protected firstUpdated(): void {
    if (this.autofocus) this.focus();
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.scroller.classList.add("smooth");
  }

  protected again(): void {
    const last = this.turns.at(-1);
    if (last?.state === "failed") void this.retry(last);
  }

  retry(turn: Turn): Promise<void> {
    this.turns = this.turns.filter((one) => one !== turn);
    return this.answer(asking(turn.question));
  }

  private async answer(turn: Turn): Promise<void> {
    if (this.asking || !turn.question.trim()) return;
    const stopping = (this.asking = new AbortController());
    const { address, collection, service } = this;
    const before = history(this.turns);
    this.turns = [...this.turns, turn];
    save(address, collection, this.turns);
    this.tell(turn, this.texts.searching);
    void this.updateComplete.then(() => this.reveal());
    try {
      for await (const step of service.ask(turn.question, before, collection, stopping.signal)) this.take(turn, step);
    } catch (error) {
      const stopped = stopping.signal.aborted;
      const problem = stopped ? null : this.problemOf(error);
      const wait = problem?.retryAfter ? ` ${this.texts.tryAgainIn(problem.retryAfter)}` : "";
      turn.state = stopped ? "stopped" : "failed";
      turn.problem = problem ? problem.message.replace(/[^.!?。]$/, "$&.") + wait : undefined;
      this.tell(turn, turn.problem ?? this.texts.stopped);
    }
    this.asking = null;
    const elsewhere = address.href !== this.address.href || collection !== this.collection;
    if (!elsewhere) save(address, collection, this.turns);
    this.requestUpdate();
  }

  private take(turn: Turn, step: Step): void {
    const { texts } = this;
    if (step.name === "passages") this.tell(turn, texts.reading(step.count));
    if (step.name === "citation") turn.citations = [...turn.citations, step.citation];
    if (step.name === "done") turn.requestId = step.requestId;
    if (step.name === "answer") {
      const { answered, closest, short_answer } = step;
      Object.assign(turn, { state: answered ? "answered" : "silent", confidence: step.confidence, short: short_answer, closest });
      const silent = `${texts.silent} ${texts.closePassages(closest.length)}.`;
      this.tell(turn, answered ? `${texts.quotesFound(turn.citations.length)}. ${texts.confidence[levelOf(step.confidence)]}.` : silent);
    }
    this.requestUpdate();
  }

  private tell(turn: Turn, words: string): void {
    turn.progress = words;
    this.said = words;
  }

  /** Scroll to the last question. */
  private reveal(): void {
    const last = this.renderRoot.querySelector<HTMLElement>("quotewise-turn:last-of-type");
    if (last) this.scroller.scrollTop = last.offsetTop - 20;
  }

  private submit(event: Event): void {
    event.preventDefault();
    if (this.asking) {
      this.asking.abort();
      return;
    }
    const question = this.composer.value;
    if (!question.trim()) return;
    this.composer.value = "";
    void this.ask(question.trim());
  }

  private typed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.asking) this.submit(event);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing && this.opened) this.close();
  }

  private clear(): void {
    this.asking?.abort();
    this.turns = [];
    this.opened = null;
    save(this.address, this.collection, []);
    this.said = this.texts.newConversationBegun;
    this.focus();
  }

  follow(turn: Turn, current: number, opener: HTMLElement): void {
    this.opener = opener;
    this.show({ places: placesOf(turn), current, short: turn.short });
  }

  get shownQuote(): Citation | null {
    return this.opened ? (this.opened.places[this.opened.current] as Citation) : null;
  }

  say(words: string): void {
    this.said = words;
  }

  keep(): void {
    save(this.address, this.collection, this.turns);
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

  render(): TemplateResult {
    const { turns, opened, texts } = this;
    const heading = this.heading || texts.askDocuments;
    return html`<section class="chat ${opened ? "open" : ""}" part="chat" aria-label=${heading} @keydown=${this.pressed}>
      <div class="talk">
        <header part="header">
          <h2>${heading}</h2>
          <button class="outlined" ?hidden=${!turns.length} @click=${this.clear}>${texts.newConversation}</button>
        </header>
        <div class="turns" part="conversation" tabindex=${turns.length ? "0" : nothing} role="region" aria-label=${texts.conversation}>
          ${turns.length ? turns.map((turn, i) => html`<quotewise-turn .turn=${turn} .chat=${this} .last=${i === turns.length - 1}></quotewise-turn>`) : this.welcome()}
          ${this.keyNeeded ? this.keyForm() : nothing}
        </div>
        <div class="foot">${this.form()}
          <p class="promise muted" part="promise">${texts.promise}</p>
        </div>
      </div>
      ${opened
        ? html`<quotewise-source part="source" exportparts="source-title, source-text, source-page, key" .endpoint=${this.endpoint} .apiKey=${this.apiKey}
            theme=${this.theme ?? nothing} lang=${this.lang} .beside=${true} .places=${opened.places} .current=${opened.current} .short=${opened.short}
            @quotewise-close=${this.close} @quotewise-move=${(event: CustomEvent<number>) => (this.opened = { ...opened, current: event.detail })}></quotewise-source>`
        : nothing}
    </section>
    <p class="unseen" role="status">${this.said}</p>`;
  }

  private welcome(): TemplateResult {
    const { texts } = this;
    const suggested = listed(this.suggestions);
    return html`<div class="welcome" part="welcome">
      <strong>${texts.slogan}</strong>
      <p class="muted">${texts.introduction}</p>
      ${suggested.length
        ? html`<ul class="suggestions" aria-label=${texts.suggestedQuestions}>
            ${suggested.map((question) => html`<li><button class="outlined" part="suggestion" @click=${() => this.ask(question)}>${question}</button></li>`)}
          </ul>`
        : nothing}
    </div>`;
  }

  private form(): TemplateResult {
    const { texts } = this;
    const act = this.asking ? texts.stop : texts.ask;
    return html`<form class="composer" part="form" @submit=${this.submit}>
      <textarea part="input" rows="1" maxlength=${LONGEST_QUESTION} aria-label=${texts.question} placeholder=${this.placeholder || texts.placeholder} enterkeyhint="send" @keydown=${this.typed}></textarea>
      <button class="primary icon" part="send" aria-label=${act} title=${act}>${this.asking ? icons.stop : icons.send}</button>
    </form>`;
  }
}

function listed(suggestions: string): string[] {
  if (suggestions.trimStart().startsWith("[")) {
    try {
      return JSON.parse(suggestions);
    } catch {
      return [];
    }
  }
  return suggestions.split("\n").map((line) => line.trim()).filter(Boolean);
}
