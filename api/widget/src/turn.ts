/** A question of a conversation, with the verdict, the quotes and the feedback on them. */

import { LitElement, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Turn } from "./conversation";
import { copy } from "./element";
import * as icons from "./icons";
import type { Citation, Service } from "./service";
import type { Texts } from "./texts";
import { inUnits, marked, shown, type Mark } from "./text";
import { levelOf, reference, title, trail } from "./words";

/** What a turn needs of the chat that it stands in. */
export interface Conversation {
  readonly service: Service;
  readonly texts: Texts;
  /** The quote that is shown in its source. */
  readonly shownQuote: Citation | null;
  retry(turn: Turn): void;
  /** Show a quote in its source; the element gets the focus back. */
  follow(turn: Turn, current: number, opener: HTMLElement): void;
  /** Say something to who cannot see it. */
  say(words: string): void;
  keep(): void;
}

/** It stands in the tree of the chat, whose styles and parts are thus its own. */
export class QuotewiseTurn extends LitElement {
  @property({ attribute: false, hasChanged: () => true }) turn!: Turn;
  @property({ attribute: false, hasChanged: () => true }) chat!: Conversation;
  @property({ attribute: false }) last = false;

  @state() private copied: Citation | null = null;

  protected createRenderRoot(): HTMLElement {
    return this;
  }

  private follow(event: MouseEvent, current: number): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.chat.follow(this.turn, current, event.currentTarget as HTMLElement);
  }

  private async copyQuote(citation: Citation): Promise<void> {
    const { service, texts } = this.chat;
    const copied = await copy(reference(citation, service.link(citation.document, citation)));
    this.copied = copied ? citation : null;
    this.chat.say(copied ? texts.copiedWithReference : texts.cannotCopy);
  }

  private async rate(helpful: boolean): Promise<void> {
    const { turn, chat } = this;
    try {
      await chat.service.feedback(turn.requestId!, helpful);
      turn.feedback = helpful ? "helpful" : "unhelpful";
      chat.say(chat.texts.thanks);
    } catch {
      turn.feedback = "refused";
      chat.say(chat.texts.feedbackRefused);
    }
    chat.keep();
    this.requestUpdate();
  }

  render(): TemplateResult {
    const { turn } = this;
    return html`<article class="turn" part="turn">
      <h3 class="question break" part="question" dir="auto">${shown(turn.question)}</h3>
      ${turn.state === "asking" ? html`<p class="progress muted">${turn.progress}</p>` : this.verdict()}
      ${this.quotes()}
      ${turn.requestId && turn.state !== "asking" ? this.feedback() : nothing}
    </article>`;
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

  private quote(citation: Citation, i: number): TemplateResult {
    const { turn, chat } = this;
    const { texts } = chat;
    const { document, quote, place } = citation;
    const above = trail(citation);
    const current = chat.shownQuote === citation;
    const name = title(document);
    const copied = this.copied === citation;
    return html`<figure class=${current ? "current" : ""} part="quote">
      <blockquote dir="auto" lang="" part="text">${marked(quote, { start: 0, end: quote.length }, marksOf(turn, citation, i))}</blockquote>
      <figcaption>
        <div class="break">
          <a class="reference" part="citation" href=${chat.service.link(document, citation)} aria-current=${current ? "true" : nothing}
            @click=${(event: MouseEvent) => this.follow(event, i)}><span class="number">${i + 1}</span><bdi>${shown(name ?? document.path)}</bdi></a><span class="muted">, ${name ? html`<bdi>${shown(document.path)}</bdi>, ` : nothing}<bdi>${shown(place)}</bdi>${
            above.length ? html` · <bdi>${shown(above.join(" › "))}</bdi>` : nothing
          }</span>
        </div>
        <button class="icon" part="copy" aria-label=${copied ? texts.copiedQuote(i + 1) : texts.copyNumbered(i + 1)}
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
    return html`<div class="after" part="feedback" role="group" aria-label=${texts.wasHelpful}>
      ${thumb(true)}${thumb(false)}<span class="muted">${given ? texts.thanks : ""}</span>
    </div>`;
  }
}

export const placesOf = (turn: Turn): Citation[] => (turn.citations.length ? turn.citations : turn.closest);

function marksOf(turn: Turn, { quote, start, highlights }: Citation, i: number): Mark[] {
  const spans = highlights.map((span): Mark => ({ ...span, kind: "highlight" }));
  if (turn.short?.citation === i + 1) spans.push({ start: turn.short.start, end: turn.short.end, kind: "short" });
  return inUnits(quote, spans, start);
}
