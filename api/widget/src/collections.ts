/** Which collection is asked, and which others with it; who may manage makes, renames and deletes some. */

import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { Deletion } from "./deletion";
import { ServiceElement } from "./element";
import * as icons from "./icons";
import { shared } from "./styles";

const NAME = "[A-Za-z0-9_\\-][A-Za-z0-9._\\-]{0,63}";

export class QuotewiseCollections extends ServiceElement {
  static styles = [shared, css`
    :host {
      background: none;
      overflow: visible;
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      gap: 0.375rem;
    }
    .name {
      flex: 1 0 100%;
      font-size: 0.8125rem;
    }
    .row > :is(select, input) {
      flex: 1 1 7rem;
    }
    .acts {
      display: flex;
      gap: 0.375rem;
    }
    button {
      flex: none;
    }
    fieldset {
      display: grid;
      max-block-size: 12rem;
      margin: 0.375rem 0 0;
      padding: 0.25rem 0.625rem;
      border: 1px solid var(--border);
      border-radius: var(--radius);
      overflow: auto;
      font-size: 0.8125rem;
    }
    label {
      display: flex;
      gap: 0.375rem;
      padding-block: 0.125rem;
    }
    label input {
      flex: none;
      inline-size: auto;
    }
  `];

  /** Those that there are. */
  @property({ attribute: false }) names: string[] = [];
  /** All that are asked at once; none where it is only the one that is shown. */
  @property({ attribute: false }) also: string[] = [];
  @property({ attribute: false }) managed = false;
  /** Whether the service has it already, from its first document on. */
  @property({ attribute: false }) known = false;

  @state() private naming: "new" | "rename" | null = null;
  @state() private several = false;
  @state() private problem = "";

  private deletion = new Deletion<string>(this, (gone) => {
    const { service } = this;
    void this.change(() => service.removeCollection(gone), { from: gone, to: null });
  });

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private async name(naming: "new" | "rename"): Promise<void> {
    this.naming = naming;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>("form input")!.select();
  }

  private async named(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { naming, collection } = this;
    const name = new FormData(event.target as HTMLFormElement).get("name") as string;
    this.naming = null;
    if (naming === "new") return this.tell("quotewise-made", name);
    if (name !== collection) await this.change(() => this.service.renameCollection(collection!, name), { from: collection, to: name });
  }

  private async change(act: () => Promise<void>, detail: { from: string | null; to: string | null }): Promise<void> {
    this.problem = "";
    try {
      await act();
      this.tell("quotewise-changed", detail);
    } catch (error) {
      this.problem = this.problemOf(error).message;
    }
  }

  render(): TemplateResult {
    const { texts, naming, collection } = this;
    const { gone } = this.deletion;
    return html`${this.problem ? html`<p class="problem break" role="alert">${this.problem}</p>` : nothing}
      ${gone
        ? html`<p class="row gone muted"><span class="break">${texts.collectionRemoved(gone)}</span><button class="outlined" @click=${() => this.deletion.undo()}>${texts.undo}</button></p>`
        : naming
          ? html`<form class="row" @submit=${this.named} @keydown=${({ key }: KeyboardEvent) => key === "Escape" && (this.naming = null)}>
              <input name="name" required pattern=${NAME} title=${texts.collectionName} aria-label=${texts.collectionName} .value=${naming === "rename" ? collection! : ""} />
              <button class="primary">${texts.save}</button>
              <button type="button" class="icon" aria-label=${texts.close} title=${texts.close} @click=${() => (this.naming = null)}>${icons.close}</button>
              <p class="name muted" aria-hidden="true">${texts.collectionName}</p>
            </form>`
          : this.chooser()}`;
  }

  private chooser(): TemplateResult | typeof nothing {
    const { texts, names, collection, managed } = this;
    if (names.length < 2 && !managed) return nothing;
    const act = (what: string, icon: TemplateResult, then: () => void, expanded?: boolean): TemplateResult =>
      html`<button class="icon outlined" aria-label=${what} title=${what} aria-expanded=${expanded === undefined ? nothing : `${expanded}`} @click=${then}>${icon}</button>`;
    return html`<div class="row">
        <span class="name muted">${texts.collection}</span>
        <select aria-label=${texts.collection} @change=${(event: Event) => this.tell("quotewise-choose", (event.target as HTMLSelectElement).value)}>
          ${names.map((name) => html`<option .value=${name} ?selected=${name === collection}>${name}</option>`)}
        </select>
        <span class="acts">${names.length > 1 ? act(texts.askSeveral, icons.several, () => (this.several = !this.several), this.several) : nothing}
        ${managed
          ? html`${act(texts.newCollection, icons.add, () => this.name("new"))}
              ${this.known ? html`${act(texts.renameCollection, icons.rename, () => this.name("rename"))} ${act(texts.removeCollection, icons.remove, () => this.deletion.begin(collection!))}` : nothing}`
          : nothing}</span>
      </div>
      ${this.several && names.length > 1
        ? html`<fieldset><legend class="muted">${texts.askSeveral}</legend>
            ${names.map((name) => html`<label class="break"><input type="checkbox" .checked=${name === collection || this.also.includes(name)} ?disabled=${name === collection} @change=${(event: Event) => this.take(name, event)} />${name}</label>`)}
          </fieldset>`
        : nothing}`;
  }

  private take(name: string, { target }: Event): void {
    const others = this.also.filter((one) => one !== name && one !== this.collection);
    if ((target as HTMLInputElement).checked) others.push(name);
    this.tell("quotewise-also", others.length ? [this.collection, ...others] : []);
  }
}
