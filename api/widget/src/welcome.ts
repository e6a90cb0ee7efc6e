/** What is shown before anything is asked: what there is to ask about, and questions to begin with. */

import { html, nothing, type TemplateResult } from "lit";
import type { DocumentReference, Overview } from "./service";
import { shown } from "./text";
import type { Texts } from "./texts";
import { title } from "./words";

interface Acts {
  ask(question: string): void;
  open(document: DocumentReference): void;
}

export function welcome(overview: Overview | null, suggestions: string, texts: Texts, { ask, open }: Acts): TemplateResult {
  const own = listed(suggestions);
  const questions = own.length ? own : (overview?.questions ?? []);
  return html`<div class="welcome" part="welcome">
    ${overview
      ? html`${overview.documents ? html`<strong>${texts.documentsHere(overview.documents)}</strong>` : nothing}
          ${overview.latest.length
            ? html`<p class="muted break">${texts.latest} ${overview.latest.map(
                (document, i) => html`${i ? ", " : ""}<button class="plain" @click=${() => open(document)}><bdi>${shown(title(document) ?? document.path)}</bdi></button>`,
              )}</p>`
            : nothing}`
      : nothing}
    <p class="muted">${overview && !overview.documents ? texts.noDocumentsYet : texts.introduction}</p>
    ${questions.length
      ? html`<ul class="suggestions" aria-label=${own.length ? texts.suggestedQuestions : texts.tryAsking}>
          ${questions.map((question) => html`<li><button class="outlined break" part="suggestion" dir="auto" @click=${() => ask(question)}>${shown(question)}</button></li>`)}
        </ul>`
      : nothing}
  </div>`;
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
