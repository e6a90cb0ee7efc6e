/** A plain search: the passages closest to some words, without an answer, in the documents that are looked for. */

import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { ServiceElement } from "./element";
import type { Citation, Limits } from "./service";
import { shared } from "./styles";
import { shown } from "./text";
import { placed, title } from "./words";

const TYPES = {
  PDF: "application/pdf",
  Word: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  Excel: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  PowerPoint: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  HTML: "text/html",
  Markdown: "text/markdown",
  TXT: "text/plain",
};

export class QuotewiseResults extends ServiceElement {
  static styles = [shared, css`
    :host {
      overflow: auto;
      min-block-size: 0;
      padding: 1rem 1.25rem;
    }
    form,
    ol,
    p {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    form,
    details div {
      display: grid;
      gap: 0.5rem;
    }
    .row {
      display: flex;
      gap: 0.375rem;
    }
    details div {
      grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
      padding-block-start: 0.5rem;
    }
    li {
      padding-block: 0.75rem;
      border-block-end: 1px solid var(--border);
    }
    .snippet {
      --lines: 3;
    }
  `];

  /** Paths of the documents that alone are searched; none for all. */
  @property({ attribute: false }) only: string[] = [];

  /** All collections that are searched at once; none where it is one alone. */
  @property({ attribute: false }) also: string[] = [];

  @state() private found: Citation[] | null = null;
  @state() private problem = "";
  @query("form") private form!: HTMLFormElement;
  @query("input[type=search]") private words!: HTMLInputElement;

  focus(): void {
    this.words.focus();
  }

  protected again(): void {
    void this.search();
  }

  private async search(event?: Event): Promise<void> {
    event?.preventDefault();
    const { words, folder, type, from, to, key, value } = Object.fromEntries(new FormData(this.form)) as Record<string, string>;
    const limits: Limits = {
      ...(this.only.length && { paths: this.only }),
      ...(folder && { path_prefix: folder.replace(/[^/]$/, "$&/") }),
      ...(type && { media_type: type }),
      ...(from && { indexed_from: from }),
      ...(to && { indexed_to: to }),
      ...(key && value && { metadata: { [key]: value } }),
    };
    this.problem = "";
    try {
      this.found = await this.service.search(words, this.collection, this.also, limits);
    } catch (error) {
      this.found = null;
      this.problem = this.problemOf(error).message;
    }
  }

  private open(event: MouseEvent, citation: Citation): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("quotewise-open", { detail: { citation, opener: event.currentTarget } }));
  }

  render(): TemplateResult {
    const { texts, found } = this;
    const input = (name: string, label: string, type = "text"): TemplateResult => html`<label class="muted">${label}<input name=${name} type=${type} /></label>`;
    return html`<form role="search" @submit=${this.search}>
        <div class="row">
          <input name="words" type="search" required maxlength="2000" aria-label=${texts.searchPassages} placeholder=${texts.searchPassages} />
          <button class="primary">${texts.search}</button>
        </div>
        <details>
          <summary class="muted">${texts.limits}</summary>
          <div>
            ${input("folder", texts.folder)}
            <label class="muted">${texts.kind}<select name="type"><option value="">${texts.any}</option>${Object.entries(TYPES).map(([name, type]) => html`<option value=${type}>${name}</option>`)}</select></label>
            ${input("from", texts.indexedFrom, "date")} ${input("to", texts.indexedTo, "date")}
            ${input("key", texts.field)} ${input("value", texts.valueOfField)}
          </div>
        </details>
      </form>
      ${this.keyNeeded ? this.keyForm() : this.problem ? html`<p class="problem break">${shown(this.problem)}</p>` : nothing}
      <p class="muted" role="status">${found ? texts.passagesFound(found.length) : ""}</p>
      <ol>${found?.map((citation) => this.result(citation))}</ol>`;
  }

  private result(citation: Citation): TemplateResult {
    const { document, place, quote } = citation;
    return html`<li class="break">
      <a href=${this.service.link(document, citation)} @click=${(event: MouseEvent) => this.open(event, citation)}><bdi>${shown(title(document) ?? document.path)}</bdi>, ${placed(place, this.texts)}</a>
      <div class="muted"><bdi>${shown(document.path)}</bdi></div>
      <div class="clamped snippet" dir="auto">${shown(quote)}</div>
    </li>`;
  }
}
