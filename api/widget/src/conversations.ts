/** The conversations that are kept in this browser: searched, renamed, deleted, saved as files and printed. */

import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { nameOf, type Conversation } from "./conversation";
import { ServiceElement } from "./element";
import { asJson, asMarkdown, download, fileName } from "./exports";
import * as icons from "./icons";
import { Store, type Kept } from "./store";
import { shared } from "./styles";
import { plain, shown } from "./text";

export class QuotewiseConversations extends ServiceElement {
  static styles = [shared, css`
    :host {
      overflow: auto;
      min-block-size: 0;
      padding: 1rem 1.25rem;
    }
    ul,
    .search,
    .said {
      max-inline-size: 46rem;
      margin-inline: auto;
    }
    .search {
      display: block;
      margin-block-end: 0.75rem;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0 0.25rem;
      border-block-end: 1px solid var(--border);
      padding-block: 0.25rem;
    }
    .name {
      flex: 1 1 100%;
      display: grid;
      justify-content: stretch;
      justify-items: start;
      gap: 0;
      min-inline-size: 0;
      color: var(--text);
      font-size: 0.9375rem;
      text-align: start;
    }
    .name[aria-current] {
      color: var(--accent);
      font-weight: 600;
    }
    .name .muted {
      font-weight: 400;
    }
    .found {
      font-weight: 400;
      font-size: 0.8125rem;
    }
    .acts {
      display: flex;
      flex-wrap: wrap;
      font-size: 0.8125rem;
    }
    form {
      flex: 1 1 14rem;
      display: flex;
      gap: 0.375rem;
    }
    .said {
      display: flex;
      align-items: center;
      gap: 0.5rem;
      min-block-size: 2rem;
    }
  `];

  @property({ attribute: false }) current = "";
  @property({ attribute: false }) forget = false;

  @state() private kept: Kept = { conversations: [], newer: 0 };
  @state() private words = "";
  @state() private renaming = "";
  @state() private gone: Conversation | null = null;
  @query("input[type=search]") private search!: HTMLInputElement;
  @query("form input") private name!: HTMLInputElement | null;

  focus(): void {
    this.search.focus();
  }

  connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("storage", this.stored);
    this.kept = this.store.all();
  }

  disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("storage", this.stored);
  }

  private get store(): Store {
    return new Store(this.address, this.forget);
  }

  private stored = (event: StorageEvent): void => {
    if (this.store.changedElsewhere(event)) this.kept = this.store.all();
  };

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private async rename(conversation: Conversation): Promise<void> {
    this.renaming = conversation.id;
    await this.updateComplete;
    this.name?.select();
  }

  private named(event: SubmitEvent, conversation: Conversation): void {
    event.preventDefault();
    const renamed = { ...conversation, title: this.name!.value.trim() || undefined };
    this.store.keep(renamed);
    this.renaming = "";
    this.kept = this.store.all();
    this.tell("quotewise-edited", renamed);
  }

  private delete(conversation: Conversation): void {
    this.store.remove(conversation);
    this.gone = conversation;
    this.kept = this.store.all();
    this.tell("quotewise-removed", conversation.id);
    this.focus(); // its button is gone
  }

  private undo(): void {
    this.store.keep(this.gone!);
    this.gone = null;
    this.kept = this.store.all();
    this.focus();
  }

  render(): TemplateResult {
    const { texts, words, gone } = this;
    const { conversations, newer } = this.kept;
    const found = conversations.flatMap((conversation) => {
      const match = matchIn(conversation, words);
      return match ? [this.item(conversation, match)] : [];
    });
    return html`<section aria-label=${texts.conversations}>
      <input type="search" class="search" aria-label=${texts.searchConversations} placeholder=${texts.searchConversations}
        @input=${() => (this.words = this.search.value.trim().toLowerCase())} />
      <div class="said muted" role="status">${
        gone ? html`${texts.removed} <button class="outlined" @click=${this.undo}>${texts.undo}</button>` : found.length ? nothing : conversations.length ? texts.noConversationMatches : texts.noConversations
      }</div>
      <ul>${found}</ul>
      ${newer ? html`<p class="said muted">${texts.newerConversations(newer)}</p>` : nothing}
    </section>`;
  }

  private item(conversation: Conversation, match: Match): TemplateResult {
    const { texts, service } = this;
    const name = nameOf(conversation);
    const act = (what: string, icon: TemplateResult, acts: () => void): TemplateResult =>
      html`<button aria-label=${texts.nOfConversation(what, plain(name))} @click=${acts}>${icon}<span>${what}</span></button>`;
    if (this.renaming === conversation.id)
      return html`<li><form @submit=${(event: SubmitEvent) => this.named(event, conversation)} @keydown=${this.escaped}>
        <input aria-label=${texts.nameOfConversation} .value=${name} maxlength="200" />
        <button class="primary">${texts.save}</button>
      </form></li>`;
    const changed = new Date(conversation.changed);
    return html`<li>
      <button class="name break" aria-current=${conversation.id === this.current ? "true" : nothing} @click=${() => this.tell("quotewise-choose", { conversation, turn: match.turn })}>
        <bdi>${shown(name)}</bdi>
        ${match.text && match.text !== name ? html`<span class="found" dir="auto">${shown(match.text)}</span>` : nothing}
        <span class="muted"><time datetime=${changed.toISOString()}>${changed.toLocaleString(this.lang, { dateStyle: "medium", timeStyle: "short" })}</time>${
          conversation.turns.length > 1 ? ` · ${texts.questionsAsked(conversation.turns.length)}` : nothing
        }${
          conversation.collection ? html` · <bdi>${shown(conversation.collection)}</bdi>` : nothing
        }</span>
      </button>
      <div class="acts">
      ${act(texts.rename, icons.rename, () => this.rename(conversation))}
      ${act(texts.exportMarkdown, icons.markdown, () => download(fileName(conversation, "md"), asMarkdown(conversation, service, texts), "text/markdown"))}
      ${act(texts.exportJson, icons.json, () => download(fileName(conversation, "json"), asJson(conversation, service), "application/json"))}
      ${act(texts.print, icons.print, () => this.tell("quotewise-choose", { conversation, print: true }))}
      ${act(texts.remove, icons.remove, () => this.delete(conversation))}
      </div>
    </li>`;
  }

  private escaped(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // which would close the list
    this.renaming = "";
  }
}

/** Characters of a text around what is sought in it. */
const NEAR = 80;
/** Of a character that was cut in two. */
const HALVES = /^[\udc00-\udfff]|[\ud800-\udbff]$/g;

/** The last turn with what is sought, none where it is the title that has it, and the text around it. */
interface Match {
  turn?: number;
  text?: string;
}

/** Where words stand in a conversation, null where they do not; nowhere in particular where none are sought. */
function matchIn({ title, turns }: Conversation, words: string): Match | null {
  if (!words) return {};
  for (const [turn, { question, citations }] of [...turns.entries()].reverse()) {
    for (const text of [question, ...citations.map(({ quote }) => quote)]) {
      const at = text.toLowerCase().indexOf(words);
      if (at >= 0) return { turn, text: around(text, at, at + words.length) };
    }
  }
  return title?.toLowerCase().includes(words) ? { text: title } : null;
}

function around(text: string, start: number, end: number): string {
  const [from, to] = [Math.max(0, start - NEAR), Math.min(text.length, end + NEAR)];
  return `${from ? "…" : ""}${text.slice(from, to).replace(HALVES, "")}${to < text.length ? "…" : ""}`;
}
