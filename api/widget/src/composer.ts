/** Where a question is typed: as long as the service takes, and the last ones back by the arrow that points up. */

import { LitElement, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import * as icons from "./icons";
import type { Texts } from "./texts";

/** Code points of a question that the service takes. */
const LONGEST = 2000;
/** From which length on it is shown. */
const COUNTED = 1800;

const lengthOf = (text: string): number => [...text].length;

/** It stands in the tree of the chat, whose styles and parts are thus its own. */
export class QuotewiseComposer extends LitElement {
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) placeholder = "";
  /** Whether there is something to stop. */
  @property({ attribute: false }) asking = false;
  /** What was asked before, oldest first. */
  @property({ attribute: false }) asked: string[] = [];

  @state() private characters = 0;
  @query("textarea") private area!: HTMLTextAreaElement;

  /** The place among `asked` of what was brought back. */
  private recalled = 0;

  protected createRenderRoot(): HTMLElement {
    return this;
  }

  focus(): void {
    void this.updateComplete.then(() => this.area.focus());
  }

  private submit(event: Event): void {
    event.preventDefault();
    if (this.asking) {
      this.dispatchEvent(new CustomEvent("quotewise-stop"));
      return;
    }
    const question = this.area.value.trim();
    if (!question || lengthOf(question) > LONGEST) return;
    this.put("");
    this.dispatchEvent(new CustomEvent("quotewise-ask", { detail: question }));
  }

  private put(question: string): void {
    this.area.value = question;
    this.counted();
  }

  private counted(): void {
    this.characters = lengthOf(this.area.value.trim());
  }

  private typed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (!this.asking) this.submit(event);
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      this.recall(event);
    }
  }

  /** Bring back what was asked, as long as nothing else has been typed. */
  private recall(event: KeyboardEvent): void {
    const { asked } = this;
    if (!this.area.value) this.recalled = asked.length;
    else if (this.area.value !== asked[this.recalled]) return;
    const to = this.recalled + (event.key === "ArrowUp" ? -1 : 1);
    if (to < 0 || to > asked.length) return;
    event.preventDefault();
    this.recalled = to;
    this.put(asked[to] ?? "");
  }

  render(): TemplateResult {
    const { texts, characters } = this;
    const act = this.asking ? texts.stop : texts.ask;
    const long = characters > LONGEST;
    return html`<form class="composer ${long ? "long" : ""}" part="form" @submit=${this.submit}>
        <textarea part="input" rows="1" aria-label=${texts.question} aria-invalid=${long ? "true" : nothing} aria-describedby=${long ? "too-long" : nothing}
          placeholder=${this.placeholder} enterkeyhint="send" @keydown=${this.typed} @input=${this.counted}></textarea>
        <button class="primary icon" part="send" aria-label=${act} title=${act} ?disabled=${long && !this.asking}>${this.asking ? icons.stop : icons.send}</button>
      </form>
      ${long
        ? html`<p class="counter over" id="too-long" role="alert">${texts.tooLong(characters, LONGEST)}</p>`
        : characters >= COUNTED
          ? html`<p class="counter muted">${texts.lengthOf(characters, LONGEST)}</p>`
          : nothing}`;
  }
}
