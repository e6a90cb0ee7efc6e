/** How the chat is put on another page: what to paste there, and how to make the key that its readers need. */

import { html, type TemplateResult } from "lit";
import * as icons from "./icons";
import type { Texts } from "./texts";

export function embedding(endpoint: URL, collection: string | null, texts: Texts, copied: string, copy: (text: string) => void): TemplateResult {
  const script = new URL("static/quotewise-chat.js", endpoint).href;
  const asked = collection ? ` collection="${collection}"` : "";
  const element = `<script src="${script}" defer></script>\n<quotewise-chat endpoint="${endpoint.href}"${asked} api-key="KEY"></quotewise-chat>`;
  const command = `quotewise keys make page --browser --origin https://PAGE${collection ? ` -c ${collection}` : ""}`;
  const code = (text: string): TemplateResult => html`<div class="bar code"><pre>${text}</pre>
    <button class="icon" aria-label=${copied === text ? texts.copied : texts.copyCode} title=${texts.copyCode} @click=${() => copy(text)}>${copied === text ? icons.done : icons.copying}</button></div>`;
  return html`<details>
    <summary class="muted">${texts.embed}</summary>
    <p>${texts.embedKey}</p>
    ${code(command)}
    <p>${texts.embedPage}</p>
    ${code(element)}
  </details>`;
}
