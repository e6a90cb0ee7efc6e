/** The list of a collection's documents, beside a chat that shows the one that is picked. */

import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { QuotewiseChat } from "./chat";
import { ServiceElement } from "./element";
import * as icons from "./icons";
import type { StoredDocument } from "./service";
import { shared } from "./styles";
import { shown } from "./text";
import { title } from "./words";

const PAGE = 100;
const FILTERED = 1000;
const MOST_FILTERED = 10_000;

export class QuotewiseDocuments extends ServiceElement {
  static styles = [shared, css`
    :host {
      block-size: 100%;
    }
    section {
      display: grid;
      grid-template-rows: auto minmax(0, 1fr);
      block-size: 100%;
    }
    .head {
      display: grid;
      gap: 0.625rem;
      padding: 0.875rem 1rem;
    }
    .head h2 {
      display: flex;
      align-items: baseline;
      justify-content: space-between;
    }
    .head h2 .muted {
      font-weight: 400;
    }
    .head button {
      display: none;
      justify-content: space-between;
      inline-size: 100%;
      padding: 0;
      color: inherit;
      font-size: 0.9375rem;
      font-weight: 650;
    }
    .list {
      overflow: auto;
      padding: 0 0.5rem 1rem;
    }
    .list > p,
    .list > button {
      margin: 0.5rem;
    }
    a {
      display: grid;
      padding: 0.4375rem 0.5rem;
      border-radius: calc(var(--radius) * 0.7);
      color: var(--text);
      text-decoration: none;
    }
    a:hover {
      background: var(--tint);
    }
    a:focus-visible {
      outline-offset: -2px;
    }
    @media (max-width: 56rem) {
      :host {
        block-size: auto;
      }
      .head {
        padding-block: 0.375rem;
      }
      .head button {
        display: flex;
      }
      .head h2,
      section:not(.open) :is(.list, select, input) {
        display: none;
      }
      .list {
        max-block-size: 45dvh;
      }
    }
  `];

  /** The id of the chat that shows a picked document; without one, links lead to the documents' own addresses. */
  @property() for: string | null = null;

  @state() private documents: StoredDocument[] = [];
  @state() private total = 0;
  @state() private words = "";
  @state() private shownCount = PAGE;
  @state() private collections: string[] = [];
  @state() private usual = "";
  @state() private problem = "";
  @state() private loading = true;
  /** On a narrow screen the list is folded up, until it is asked for. */
  @state() private unfolded = false;
  @query("input[type=search]") private filter!: HTMLInputElement;

  private loads: Promise<void> = Promise.resolve();
  private leaving = new AbortController();

  private get chat(): QuotewiseChat | null {
    return this.for ? document.querySelector<QuotewiseChat>(`#${CSS.escape(this.for)}`) : null;
  }

  connectedCallback(): void {
    super.connectedCallback();
    const asked = new URLSearchParams(location.search).get("collection");
    if (this.for && asked) this.choose(asked);
  }

  protected firstUpdated(): void {
    this.chat?.addEventListener("quotewise-collection", (event) => this.choose((event as CustomEvent<string | null>).detail ?? this.usual));
  }

  protected willUpdate(changed: PropertyValues): void {
    if (changed.has("endpoint") || changed.has("collection")) void this.again();
  }

  protected async again(): Promise<void> {
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
    try {
      const found = await this.service.collections();
      this.collections = found.collections.map(({ name }) => name);
      this.usual = found.default;
    } catch (error) {
      this.problemOf(error);
    }
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

  private async load(limit: number, signal: AbortSignal): Promise<void> {
    try {
      const found = await this.service.documents(this.collection, this.documents.length, limit, signal);
      this.documents = [...this.documents, ...found.documents];
      this.total = found.total;
      this.problem = "";
    } catch (error) {
      if (signal.aborted) return;
      this.problem = this.problemOf(error).message;
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

  render(): TemplateResult {
    const { words, documents, total, collections, texts } = this;
    const found = words ? documents.filter(({ title, path }) => `${title}\n${path}`.toLowerCase().includes(words)) : documents;
    const number = this.loading ? nothing : texts.number(total);
    const further = words ? found.length > this.shownCount : total > this.shownCount;
    return html`<section class=${this.unfolded ? "open" : ""} aria-label=${texts.documents}>
      <div class="head">
        <h2>${texts.documents} <span class="muted">${number}</span></h2>
        <button aria-expanded=${this.unfolded ? "true" : "false"} @click=${() => (this.unfolded = !this.unfolded)}>
          ${texts.documents} <span class="muted">${number} ${this.unfolded ? icons.previous : icons.next}</span>
        </button>
        ${collections.length > 1
          ? html`<select aria-label=${texts.collection} @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
              ${collections.map((name) => html`<option .value=${name} ?selected=${name === (this.collection ?? this.usual)}>${name}</option>`)}
            </select>`
          : nothing}
        <input type="search" aria-label=${texts.filterDocuments} placeholder=${texts.filterHint} @input=${this.narrow} />
      </div>
      <div class="list">
        ${this.keyNeeded ? this.keyForm() : this.problem ? html`<p class="problem break">${shown(this.problem)}</p>` : nothing}
        <ul>${found.slice(0, this.shownCount).map((document) => this.item(document))}</ul>
        ${further ? html`<button class="outlined" @click=${this.more}>${texts.showMore}</button>` : nothing}
        <p class="muted" role="status">${this.state(found.length)}</p>
      </div>
    </section>`;
  }

  private item(document: StoredDocument): TemplateResult {
    const name = title(document);
    return html`<li><a class="break" href=${this.service.link(document)} @click=${(event: MouseEvent) => this.pick(event, document)}>
      ${name ? html`<bdi>${shown(name)}</bdi><bdi class="muted">${shown(document.path)}</bdi>` : html`<bdi>${shown(document.path)}</bdi>`}
    </a></li>`;
  }

  private state(found: number): string {
    if (this.loading || this.problem || this.keyNeeded) return "";
    if (!this.words) return this.total ? "" : this.texts.noDocuments;
    const searched = this.documents.length;
    return searched < this.total ? this.texts.matchesOfFirst(found, searched) : this.texts.matches(found);
  }
}
