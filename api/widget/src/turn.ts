/** A question of a conversation, with the verdict, the quotes and the feedback on them. */

import { LitElement, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { asBlocks } from "./blocks";
import type { Turn } from "./conversation";
import { CONFIRMED, copy } from "./element";
import * as icons from "./icons";
import { blocksOf } from "./rendering";
import { scopeOf } from "./scope";
import type { Citation, Service, Structure } from "./service";
import type { Texts } from "./texts";
import { inUnits, marked, shown, type Mark } from "./text";
import { columnsOf, levelOf, placed, reference, title, trail } from "./words";

/** What a turn needs of the chat that it stands in. */
export interface Chat {
  readonly service: Service;
  readonly texts: Texts;
  /** The quote that is shown in its source. */
  readonly shownQuote: Citation | null;
  retry(turn: Turn): void;
  /** Ask it again without what came before. */
  askAlone(turn: Turn): void;
  /** The address that asks it again. */
  linkTo(turn: Turn): string;
  /** Show a quote in its source; the element gets the focus back. */
  follow(turn: Turn, current: number, opener: HTMLElement): void;
  followFurther(citation: Citation, opener: HTMLElement): void;
  /** Let the right passage be marked for a turn, or for none. */
  correct(turn: Turn | null): void;
  /** Say something to who cannot see it. */
  say(words: string): void;
  keep(): void;
}

/** It stands in the tree of the chat, whose styles and parts are thus its own. */
export class QuotewiseTurn extends LitElement {
  @property({ attribute: false, hasChanged: () => true }) turn!: Turn;
  @property({ attribute: false, hasChanged: () => true }) chat!: Chat;
  @property({ attribute: false }) last = false;

  @state() private copied: Citation | null = null;
  @state() private linkCopied = false;
  @state() private further = false;
  @state() private structures = new Map<Citation, Structure>();
  /** Quotes that are shown as they stand in the text, signs of markup and all. */
  @state() private exact = new Set<Citation>();

  private sought = new WeakSet<Citation>();

  protected createRenderRoot(): HTMLElement {
    return this;
  }

  protected updated(): void {
    for (const citation of placesOf(this.turn)) {
      if (this.sought.has(citation)) continue;
      this.sought.add(citation);
      void blocksOf(citation, this.chat.service).then((found) => {
        if (found) this.structures = new Map([...this.structures, [citation, found]]);
      });
    }
  }

  private follow(event: MouseEvent, citation: Citation, current: number | null): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const opener = event.currentTarget as HTMLElement;
    if (current === null) this.chat.followFurther(citation, opener);
    else this.chat.follow(this.turn, current, opener);
  }

  private async copyLink(): Promise<void> {
    this.linkCopied = await copy(this.chat.linkTo(this.turn));
    setTimeout(() => (this.linkCopied = false), CONFIRMED);
    this.chat.say(this.linkCopied ? this.chat.texts.linkCopied : this.chat.texts.cannotCopy);
  }

  private toggle(citation: Citation): void {
    const exact = new Set(this.exact);
    if (!exact.delete(citation)) exact.add(citation);
    this.exact = exact;
  }

  private async copyQuote(citation: Citation): Promise<void> {
    const { service, texts } = this.chat;
    const copied = await copy(reference({ ...citation, place: placed(citation.place, texts) }, service.link(citation.document, citation)));
    this.copied = copied ? citation : null;
    setTimeout(() => this.copied === citation && (this.copied = null), CONFIRMED);
    this.chat.say(copied ? texts.copiedWithReference : texts.cannotCopy);
  }

  private async rate(helpful: boolean): Promise<void> {
    const { turn, chat } = this;
    turn.wrong = [];
    turn.right = undefined;
    chat.correct(helpful ? null : turn);
    await this.send(helpful);
    await this.updateComplete;
    this.querySelector(".correction")?.scrollIntoView({ block: "nearest" }); // under the fold it would not be noticed
  }

  private async callWrong(number: number, { target }: Event): Promise<void> {
    const { turn } = this;
    const others = (turn.wrong ?? []).filter((one) => one !== number);
    turn.wrong = (target as HTMLInputElement).checked ? [...others, number].sort() : others;
    await this.send();
  }

  /** Send all that was said of the answer; the last that is sent counts. */
  async send(helpful = false): Promise<void> {
    const { turn, chat } = this;
    const { wrong, right } = turn;
    try {
      await chat.service.feedback(turn.requestId!, helpful, wrong, right && { document_id: right.document.id, start: right.start, end: right.end });
      turn.feedback = helpful ? "helpful" : "unhelpful";
      chat.say(chat.texts.thanks);
    } catch {
      turn.feedback = "refused";
      chat.correct(null);
      chat.say(chat.texts.feedbackRefused);
    }
    chat.keep();
    this.requestUpdate();
  }

  render(): TemplateResult {
    const { turn } = this;
    const { texts } = this.chat;
    return html`<article class="turn" part="turn">
      <h3 class="question break" part="question" dir="auto">${shown(turn.question)}</h3>
      ${scopeOf(turn, texts).map((said) => html`<p class="meant muted break">${shown(said)}</p>`)}
      ${turn.interpretation ? this.interpretation(turn.interpretation) : nothing}
      ${turn.state === "asking" ? html`<p class="progress muted">${turn.progress}</p>` : this.verdict()}
      ${(turn.contradictions ?? []).map(
        ({ citations: [one, other], difference }) => html`<p class="differ" part="contradiction">${icons.warning}<span>${(difference === "number" ? texts.differInNumber : texts.differInNegation)(one, other)}</span></p>`,
      )}
      ${this.quotes()}
      ${turn.others?.length ? this.others(turn.others) : nothing}
      ${turn.requestId && turn.state !== "asking" ? this.feedback() : nothing}
    </article>`;
  }

  private interpretation(meant: string): TemplateResult {
    const { turn, chat } = this;
    return html`<p class="meant muted break" part="interpretation">${chat.texts.takenAs} <q dir="auto">${shown(meant)}</q>
      <button class="plain" @click=${() => chat.askAlone(turn)}>${chat.texts.askAlone}</button></p>`;
  }

  private others(found: Citation[]): TemplateResult {
    const { texts } = this.chat;
    return html`<div class="others">
      <button aria-expanded=${this.further ? "true" : "false"} @click=${() => (this.further = !this.further)}>${texts.others} ${this.further ? icons.previous : icons.next}</button>
      ${this.further ? html`<ul class="quotes closest" aria-label=${texts.others}>${found.map((one) => html`<li>${this.quote(one, null)}</li>`)}</ul>` : nothing}
    </div>`;
  }

  private verdict(): TemplateResult {
    const { turn, last, chat } = this;
    const { texts } = chat;
    if (turn.state === "answered") {
      const level = levelOf(turn.confidence);
      return html`<p class="verdict" part="verdict"><span class="level ${level}"></span>${texts.confidence[level]} <span class="muted">${texts.sure(Math.round(turn.confidence * 100))}</span></p>`;
    }
    if (turn.state === "silent")
      return html`<p class="verdict" part="verdict"><span class="level silent"></span>${texts.silent} ${
        turn.closest.length ? html`<span class="muted">${texts.comeClosest}</span>` : nothing
      }</p>`;
    const again = last ? html`<div><button class="outlined" @click=${() => chat.retry(turn)}>${texts.askAgain}</button></div>` : nothing;
    return html`${turn.problem ? html`<p class="problem break" part="problem">${shown(turn.problem)}</p>` : html`<p class="muted">${texts.stopped}</p>`}${again}`;
  }

  private quotes(): TemplateResult | typeof nothing {
    const { turn } = this;
    const { texts } = this.chat;
    const cited = placesOf(turn);
    if (!cited.length) return nothing;
    return html`<ol class="quotes ${turn.citations.length ? "" : "closest"}" aria-label=${turn.citations.length ? texts.quotes : texts.closest}>
      ${cited.map((citation, i) => html`<li>${this.quote(citation, i)}</li>`)}
    </ol>`;
  }

  private words(citation: Citation, i: number | null): TemplateResult {
    const { quote } = citation;
    const structure = this.exact.has(citation) ? undefined : this.structures.get(citation);
    const marks = i === null ? [] : marksOf(this.turn, citation, i);
    const whole = { start: 0, end: quote.length };
    return html`<blockquote class=${structure ? "rendered" : ""} dir="auto" lang="" part="text">${
      structure ? asBlocks(quote, whole, structure, marks, this.chat.texts.table, columnsOf(citation)) : marked(quote, whole, marks)
    }</blockquote>`;
  }

  /** A quote with its number, from 0; one that is not numbered is a further passage. */
  private quote(citation: Citation, i: number | null): TemplateResult {
    const { chat } = this;
    const { texts } = chat;
    const { document, place } = citation;
    const above = trail(citation);
    const current = chat.shownQuote === citation;
    const name = title(document);
    const copied = this.copied === citation;
    return html`<figure class=${current ? "current" : ""} part="quote">
      ${this.words(citation, i)}
      <figcaption class="bar">
        <div class="break">
          <a class="reference" part="citation" href=${chat.service.link(document, citation)} aria-current=${current ? "true" : nothing}
            @click=${(event: MouseEvent) => this.follow(event, citation, i)}>${i === null ? nothing : html`<span class="number">${i + 1}</span> `}<bdi>${shown(name ?? document.path)}</bdi></a><span class="muted">, ${name ? html`<bdi>${shown(document.path)}</bdi>, ` : nothing}<bdi>${shown(placed(place, texts))}</bdi>${
            above.length ? html` · <bdi>${shown(above.join(" › "))}</bdi>` : nothing
          }</span>
        </div>
        ${this.structures.has(citation) && i !== null
          ? html`<button aria-pressed=${this.exact.has(citation) ? "true" : "false"} aria-label=${texts.exactTextOf(i + 1)} @click=${() => this.toggle(citation)}>${texts.exactText}</button>`
          : nothing}
        <button class="icon" part="copy" aria-label=${i === null ? (copied ? texts.copied : texts.copyQuote) : copied ? texts.copiedQuote(i + 1) : texts.copyNumbered(i + 1)}
          title=${texts.copyQuote} @click=${() => this.copyQuote(citation)}>${copied ? icons.done : icons.copying}</button>
      </figcaption>
    </figure>`;
  }

  private feedback(): TemplateResult {
    const given = this.turn.feedback;
    const { texts } = this.chat;
    if (given === "refused") return html`<p class="after muted">${texts.feedbackRefused}</p>`;
    const thumb = (helpful: boolean): TemplateResult => html`<button class="icon" part="thumb" aria-pressed=${given === (helpful ? "helpful" : "unhelpful")}
      aria-label=${helpful ? texts.helpful : texts.notHelpful} title=${helpful ? texts.helpful : texts.notHelpful} @click=${() => this.rate(helpful)}>${helpful ? icons.up : icons.down}</button>`;
    const link = this.linkCopied ? texts.linkCopied : texts.copyLink;
    return html`<div class="after" part="feedback" role="group" aria-label=${texts.wasHelpful}>
        <span class="muted">${given ? texts.thanks : texts.wasHelpful}</span>${thumb(true)}${thumb(false)}
        <button class="link" part="link" @click=${this.copyLink}>${this.linkCopied ? icons.done : icons.link}<span>${link}</span></button>
      </div>
      ${given === "unhelpful" ? this.correction() : nothing}`;
  }

  /** What is asked of who found an answer unhelpful. */
  private correction(): TemplateResult {
    const { turn, chat } = this;
    const { texts } = chat;
    return html`<div class="correction" part="correction">
      ${turn.citations.length
        ? html`<fieldset><legend>${texts.whichWrong}</legend>
            ${turn.citations.map((_, i) => html`<label><input type="checkbox" .checked=${turn.wrong?.includes(i + 1) ?? false} @change=${(event: Event) => this.callWrong(i + 1, event)} /> ${texts.quoteNumber(i + 1)}</label>`)}
          </fieldset>`
        : nothing}
      ${turn.right ? html`<p>${texts.rightKept} <q dir="auto">${shown(turn.right.quote)}</q></p>` : html`<p class="muted">${texts.whereRight}</p>`}
    </div>`;
  }
}

export const placesOf = (turn: Turn): Citation[] => (turn.citations.length ? turn.citations : turn.closest);

function marksOf(turn: Turn, { quote, start, highlights }: Citation, i: number): Mark[] {
  const spans = highlights.map((span): Mark => ({ ...span, kind: "highlight" }));
  if (turn.short?.citation === i + 1) spans.push({ start: turn.short.start, end: turn.short.end, kind: "short" });
  return inUnits(quote, spans, start);
}
