/** A chat whose answers are quotes, each one click away from its place in the source. */

import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { asking, history, load, save, type Turn } from "./conversation";
import { ServiceElement, copy } from "./element";
import * as icons from "./icons";
import type { Citation, DocumentReference, ShortAnswer, Step } from "./service";
import type { Place, QuotewiseSource } from "./source";
import { shared } from "./styles";
import { inUnits, marked, shown, type Mark } from "./text";
import { confidence, count, reference, title, trail } from "./words";

const LONGEST_QUESTION = 2000;

interface Opened {
  places: Place[];
  current: number;
  short: ShortAnswer | null;
}

export class QuotewiseChat extends ServiceElement {
  static styles = [shared, css`
    :host {
      block-size: var(--quotewise-height, 38rem);
      border: 1px solid var(--border);
      border-radius: var(--radius);
      container-type: inline-size;
    }
    .chat {
      position: relative;
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      block-size: 100%;
    }
    .chat.open {
      grid-template-columns: minmax(0, 1fr) minmax(0, 0.85fr);
    }
    quotewise-source {
      border-inline-start: 1px solid var(--border);
      min-inline-size: 0;
      min-block-size: 0;
    }
    .talk {
      display: grid;
      grid-template-rows: auto minmax(0, 1fr) auto;
      min-inline-size: 0;
      min-block-size: 0;
    }
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 0.75rem;
      min-block-size: 3.25rem;
      padding: 0.5rem 0.75rem 0.5rem 1.25rem;
      border-block-end: 1px solid var(--border);
    }
    .turns {
      position: relative;
      overflow: auto;
      padding: 1.25rem;
      overscroll-behavior: contain;
    }
    .turns > * {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    .welcome {
      display: grid;
      gap: 0.75rem;
      padding-block: 12% 2rem;
      text-align: center;
    }
    .welcome strong {
      font: 500 1.375rem/1.35 var(--quote-font);
      text-wrap: balance;
    }
    .suggestions {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: 0.5rem;
      margin-block-start: 0.5rem;
    }
    .suggestions button {
      padding: 0.375rem 0.875rem;
      font-size: 0.875rem;
    }
    .turn {
      display: grid;
      gap: 0.75rem;
    }
    .turn + .turn {
      margin-block-start: 1.75rem;
    }
    .question {
      justify-self: end;
      max-inline-size: 88%;
      padding: 0.5rem 0.875rem;
      border-radius: var(--radius) var(--radius) 3px var(--radius);
      background: var(--tint);
      font-size: 0.9375rem;
      font-weight: 550;
      white-space: pre-wrap;
    }
    .verdict {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0.125rem 0.5rem;
      font-weight: 600;
    }
    .verdict .muted {
      font-weight: 400;
    }
    .level {
      align-self: center;
      inline-size: 0.8125rem;
      block-size: 0.8125rem;
      border: 1.5px solid var(--accent);
      border-radius: 50%;
      background: conic-gradient(var(--accent) var(--filled, 12%), transparent 0);
    }
    .level.high {
      --filled: 100%;
    }
    .level.fair {
      --filled: 60%;
    }
    .level.low {
      --filled: 30%;
    }
    .level.silent {
      --filled: 0%;
      border-color: var(--muted);
    }
    .quotes {
      display: grid;
      gap: 0.625rem;
    }
    figure {
      border: 1px solid var(--border);
      border-radius: var(--radius);
      background: var(--surface);
      overflow: clip;
    }
    figure.current {
      border-color: var(--accent);
      box-shadow: 0 0 0 1px var(--accent);
    }
    blockquote {
      padding: 0.875rem 1rem 0.75rem;
      font: 1.0313rem/1.6 var(--quote-font);
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      tab-size: 4;
    }
    .closest blockquote {
      display: -webkit-box;
      padding-block-end: 0;
      margin-block-end: 0.75rem;
      overflow: hidden;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 4;
      line-clamp: 4;
    }
    figcaption {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 0.5rem;
      padding: 0.25rem 0.375rem 0.25rem 1rem;
      border-block-start: 1px solid var(--border);
      font-size: 0.8125rem;
    }
    figcaption div {
      min-inline-size: 0;
      padding-block: 0.25rem;
    }
    .reference {
      font-weight: 550;
      text-decoration-thickness: 1px;
    }
    .number {
      display: inline-grid;
      place-items: center;
      min-inline-size: 1.25rem;
      margin-inline-end: 0.375rem;
      border-radius: 4px;
      background: var(--tint);
      color: var(--accent);
      font-size: 0.75rem;
      font-weight: 650;
      line-height: 1.25rem;
    }
    .after {
      display: flex;
      align-items: center;
      gap: 0.125rem;
      min-block-size: 2rem;
    }
    .after button[aria-pressed="true"] {
      color: var(--accent);
      background: var(--tint);
    }
    .progress::before {
      content: "";
      display: inline-block;
      inline-size: 0.5rem;
      block-size: 0.5rem;
      margin-inline-end: 0.5rem;
      border-radius: 50%;
      background: var(--accent);
    }
    @media (prefers-reduced-motion: no-preference) {
      .progress::before {
        animation: breathe 1.1s ease-in-out infinite alternate;
      }
      .turns.smooth {
        scroll-behavior: smooth;
      }
    }
    @keyframes breathe {
      to {
        opacity: 0.2;
      }
    }
    .turns .key {
      margin-block-start: 1rem;
    }
    .foot {
      padding: 0.75rem 1.25rem 0.625rem;
      border-block-start: 1px solid var(--border);
    }
    .foot > * {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    .composer {
      display: flex;
      align-items: end;
      gap: 0.375rem;
      padding: 0.3125rem;
      border: 1px solid var(--border);
      border-radius: var(--radius);
      background: var(--surface);
    }
    .composer:focus-within {
      border-color: var(--accent);
      box-shadow: 0 0 0 1px var(--accent);
    }
    textarea {
      flex: 1;
      min-inline-size: 0;
      min-block-size: 2.25rem;
      max-block-size: 9rem;
      padding: 0.375rem 0.625rem;
      border: 0;
      background: none;
      resize: none;
      field-sizing: content;
    }
    textarea:focus-visible {
      outline: 0;
    }
    .composer button {
      inline-size: 2.25rem;
      block-size: 2.25rem;
    }
    .promise {
      padding-block-start: 0.4375rem;
      text-align: center;
      font-size: 0.75rem;
    }
    @container (max-width: 46rem) {
      .chat.open {
        grid-template-columns: minmax(0, 1fr);
      }
      .chat.open .talk {
        visibility: hidden;
      }
      quotewise-source {
        position: absolute;
        inset: 0;
        border: 0;
      }
      .turns,
      .foot {
        padding-inline: 0.875rem;
      }
    }
  `];

  @property() heading = "Ask the documents";
  @property() placeholder = "Ask a question";
  /** Questions to begin with: a JSON array, or one a line. */
  @property() suggestions = "";

  @state() private turns: Turn[] = [];
  @state() private opened: Opened | null = null;
  @state() private copied: Citation | null = null;
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
      this.copied = null;
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

  private retry(turn: Turn): Promise<void> {
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
    this.tell(turn, "Searching…");
    void this.updateComplete.then(() => this.reveal());
    try {
      for await (const step of service.ask(turn.question, before, collection, stopping.signal)) this.take(turn, step);
    } catch (error) {
      const stopped = stopping.signal.aborted;
      const problem = stopped ? null : this.problemOf(error);
      const wait = problem?.retryAfter ? ` Try again in ${count(problem.retryAfter, "second")}.` : "";
      turn.state = stopped ? "stopped" : "failed";
      turn.problem = problem ? problem.message.replace(/[^.!?]$/, "$&.") + wait : undefined;
      this.tell(turn, turn.problem ?? "Stopped.");
    }
    this.asking = null;
    const elsewhere = address.href !== this.address.href || collection !== this.collection;
    if (!elsewhere) save(address, collection, this.turns);
    this.requestUpdate();
  }

  private take(turn: Turn, step: Step): void {
    if (step.name === "passages") this.tell(turn, `Reading ${count(step.count, "passage")}…`);
    if (step.name === "citation") turn.citations = [...turn.citations, step.citation];
    if (step.name === "done") turn.requestId = step.requestId;
    if (step.name === "answer") {
      const { answered, closest, short_answer } = step;
      Object.assign(turn, { state: answered ? "answered" : "silent", confidence: step.confidence, short: short_answer, closest });
      const silent = `The documents do not say. ${count(closest.length, "close passage")}.`;
      this.tell(turn, answered ? `${count(turn.citations.length, "quote")}. ${confidence(step.confidence).words}.` : silent);
    }
    this.requestUpdate();
  }

  private tell(turn: Turn, words: string): void {
    turn.progress = words;
    this.said = words;
  }

  /** Scroll to the last question. */
  private reveal(): void {
    const last = this.renderRoot.querySelector<HTMLElement>(".turn:last-of-type");
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
    this.said = "New conversation.";
    this.focus();
  }

  private follow(event: MouseEvent, turn: Turn, current: number): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.opener = event.currentTarget as HTMLElement;
    this.show({ places: placesOf(turn), current, short: turn.short });
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

  private async copyQuote(citation: Citation): Promise<void> {
    const copied = await copy(reference(citation, this.service.link(citation.document, citation)));
    this.copied = copied ? citation : null;
    this.said = copied ? "Copied with its reference." : "This browser does not let the page copy.";
  }

  private async rate(turn: Turn, helpful: boolean): Promise<void> {
    try {
      await this.service.feedback(turn.requestId!, helpful);
      turn.feedback = helpful ? "helpful" : "unhelpful";
      this.said = "Thank you.";
    } catch {
      turn.feedback = "refused";
      this.said = "The service does not take feedback on this answer.";
    }
    save(this.address, this.collection, this.turns);
    this.requestUpdate();
  }

  render(): TemplateResult {
    const { turns, opened } = this;
    return html`<section class="chat ${opened ? "open" : ""}" part="chat" aria-label=${this.heading} @keydown=${this.pressed}>
      <div class="talk">
        <header part="header">
          <h2>${this.heading}</h2>
          <button class="outlined" ?hidden=${!turns.length} @click=${this.clear}>New conversation</button>
        </header>
        <div class="turns" part="conversation" tabindex=${turns.length ? "0" : nothing} role="region" aria-label="Conversation">
          ${turns.length ? turns.map((turn, i) => this.turn(turn, i === turns.length - 1)) : this.welcome()}
          ${this.keyNeeded ? this.keyForm() : nothing}
        </div>
        <div class="foot">${this.form()}
          <p class="promise muted" part="promise">Every answer is an exact quote. No text is generated.</p>
        </div>
      </div>
      ${opened
        ? html`<quotewise-source part="source" exportparts="source-title, source-text, source-page, key" .endpoint=${this.endpoint} .apiKey=${this.apiKey}
            theme=${this.theme ?? nothing} .beside=${true} .places=${opened.places} .current=${opened.current} .short=${opened.short}
            @quotewise-close=${this.close} @quotewise-move=${(event: CustomEvent<number>) => (this.opened = { ...opened, current: event.detail })}></quotewise-source>`
        : nothing}
    </section>
    <p class="unseen" role="status">${this.said}</p>`;
  }

  private welcome(): TemplateResult {
    const suggested = listed(this.suggestions);
    return html`<div class="welcome" part="welcome">
      <strong>Answers in the documents’ own words</strong>
      <p class="muted">Ask a question. You get the sentences that answer it, and where they stand.</p>
      ${suggested.length
        ? html`<ul class="suggestions" aria-label="Suggested questions">
            ${suggested.map((question) => html`<li><button class="outlined" part="suggestion" @click=${() => this.ask(question)}>${question}</button></li>`)}
          </ul>`
        : nothing}
    </div>`;
  }

  private form(): TemplateResult {
    const busy = this.asking !== null;
    return html`<form class="composer" part="form" @submit=${this.submit}>
      <textarea part="input" rows="1" maxlength=${LONGEST_QUESTION} aria-label="Question" placeholder=${this.placeholder} enterkeyhint="send" @keydown=${this.typed}></textarea>
      <button class="primary icon" part="send" aria-label=${busy ? "Stop" : "Ask"} title=${busy ? "Stop" : "Ask"}>${busy ? icons.stop : icons.send}</button>
    </form>`;
  }

  private turn(turn: Turn, last: boolean): TemplateResult {
    return html`<article class="turn" part="turn">
      <h3 class="question break" part="question" dir="auto">${shown(turn.question)}</h3>
      ${turn.state === "asking" ? html`<p class="progress muted">${turn.progress}</p>` : this.verdict(turn, last)}
      ${this.quotes(turn)}
      ${turn.requestId && turn.state !== "asking" ? this.feedback(turn) : nothing}
    </article>`;
  }

  private verdict(turn: Turn, last: boolean): TemplateResult {
    if (turn.state === "answered") {
      const { level, words } = confidence(turn.confidence);
      return html`<p class="verdict" part="verdict"><span class="level ${level}"></span>${words} <span class="muted">${Math.round(turn.confidence * 100)}% sure of the first quote</span></p>`;
    }
    if (turn.state === "silent")
      return html`<p class="verdict" part="verdict"><span class="level silent"></span>The documents do not say. ${
        turn.closest.length ? html`<span class="muted">These passages come closest:</span>` : nothing
      }</p>`;
    const again = last ? html`<div><button class="outlined" @click=${() => this.retry(turn)}>Ask again</button></div>` : nothing;
    return html`${turn.problem ? html`<p class="problem break" part="problem">${shown(turn.problem)}</p>` : html`<p class="muted">Stopped.</p>`}${again}`;
  }

  private quotes(turn: Turn): TemplateResult | typeof nothing {
    const cited = placesOf(turn);
    if (!cited.length) return nothing;
    return html`<ol class="quotes ${turn.citations.length ? "" : "closest"}" aria-label=${turn.citations.length ? "Quotes" : "Closest passages"}>
      ${cited.map((citation, i) => html`<li>${this.quote(turn, citation, i)}</li>`)}
    </ol>`;
  }

  private quote(turn: Turn, citation: Citation, i: number): TemplateResult {
    const { document, quote, place } = citation;
    const above = trail(citation);
    const current = this.opened !== null && this.opened.places[this.opened.current] === citation;
    const name = title(document);
    const copied = this.copied === citation;
    return html`<figure class=${current ? "current" : ""} part="quote">
      <blockquote dir="auto" part="text">${marked(quote, { start: 0, end: quote.length }, marksOf(turn, citation, i))}</blockquote>
      <figcaption>
        <div class="break">
          <a class="reference" part="citation" href=${this.service.link(document, citation)} aria-current=${current ? "true" : nothing}
            @click=${(event: MouseEvent) => this.follow(event, turn, i)}><span class="number">${i + 1}</span><bdi>${shown(name ?? document.path)}</bdi></a><span class="muted">, ${name ? html`<bdi>${shown(document.path)}</bdi>, ` : nothing}<bdi>${shown(place)}</bdi>${
            above.length ? html` · <bdi>${shown(above.join(" › "))}</bdi>` : nothing
          }</span>
        </div>
        <button class="icon" part="copy" aria-label=${copied ? `Copied quote ${i + 1}` : `Copy quote ${i + 1} and its reference`}
          title="Copy quote and reference" @click=${() => this.copyQuote(citation)}>${copied ? icons.done : icons.copying}</button>
      </figcaption>
    </figure>`;
  }

  private feedback(turn: Turn): TemplateResult {
    const given = turn.feedback;
    if (given === "refused") return html`<p class="after muted">Feedback on this answer is not taken.</p>`;
    const thumb = (helpful: boolean): TemplateResult => html`<button class="icon" part="thumb" aria-pressed=${given === (helpful ? "helpful" : "unhelpful")}
      aria-label=${helpful ? "Helpful" : "Not helpful"} title=${helpful ? "Helpful" : "Not helpful"} @click=${() => this.rate(turn, helpful)}>${helpful ? icons.up : icons.down}</button>`;
    return html`<div class="after" part="feedback" role="group" aria-label="Was this helpful?">
      ${thumb(true)}${thumb(false)}<span class="muted">${given ? "Thank you." : ""}</span>
    </div>`;
  }
}

const placesOf = (turn: Turn): Citation[] => (turn.citations.length ? turn.citations : turn.closest);

function marksOf(turn: Turn, { quote, start, highlights }: Citation, i: number): Mark[] {
  const spans = highlights.map((span): Mark => ({ ...span, kind: "highlight" }));
  if (turn.short?.citation === i + 1) spans.push({ start: turn.short.start, end: turn.short.end, kind: "short" });
  return inUnits(quote, spans, start);
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
