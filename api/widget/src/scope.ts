/** What is asked: a collection or several, all of their documents or only some. */

import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Turn } from "./conversation";
import { ServiceElement } from "./element";
import * as icons from "./icons";
import { shown } from "./text";
import type { Texts } from "./texts";

/** What a question was asked of, where it was not all of one collection. */
export const scopeOf = ({ only = [], also = [] }: Pick<Turn, "only" | "also">, texts: Texts): string[] => [
  ...(also.length ? [texts.inCollections(also.join(", "))] : []),
  ...(only.length ? [`${texts.onlyIn} ${only.join(", ")}`] : []),
];

export class ScopedElement extends ServiceElement {
  /** Paths of the documents that alone are asked; none for all. */
  @property({ attribute: false }) only: string[] = [];
  /** All collections that are asked at once; none where it is one alone. */
  @property({ attribute: false }) also: string[] = [];

  protected get scope(): Pick<Turn, "only" | "also"> {
    return { ...(this.only.length && { only: this.only }), ...(this.also.length && { also: this.also }) };
  }

  /** Ask only some documents, by path; none for all. */
  limit(only: string[]): void {
    this.only = only;
    this.dispatchEvent(new CustomEvent("quotewise-limit", { detail: only }));
  }

  /** Ask several collections at once; none for the one alone. */
  several(also: string[]): void {
    this.also = also;
    this.dispatchEvent(new CustomEvent("quotewise-several", { detail: also }));
  }

  /** Take the question that the address of the page names, and what is asked by it, out of that address. */
  protected linkedQuestion(): { question: string; after: string[] } | null {
    const url = new URL(location.href);
    const asked = url.searchParams;
    const [question, after] = [asked.get("q"), asked.getAll("after")];
    if (!question?.trim()) return null;
    this.limit(asked.getAll("only"));
    this.several(asked.getAll("also"));
    for (const name of ["q", "after", "only", "also"]) asked.delete(name);
    window.history.replaceState(null, "", url);
    return { question, after };
  }

  /** What is asked where it is not all of one collection, and how to leave that. */
  protected limits(): TemplateResult {
    const { only, also, texts } = this;
    const limit = (said: unknown, undo: string, act: () => void): TemplateResult => html`<p class="only"><span class="break">${said}</span>
      <button class="icon" aria-label=${undo} title=${undo} @click=${act}>${icons.close}</button></p>`;
    return html`${also.length ? limit(texts.inCollections(also.join(", ")), texts.askOne, () => this.several([])) : nothing}
      ${only.length ? limit(only.length > 1 ? texts.onlyInMany(only.length) : html`${texts.onlyIn} <bdi>${shown(only[0])}</bdi>`, texts.askAll, () => this.limit([])) : nothing}`;
  }
}
