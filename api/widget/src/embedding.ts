/** How the chat is put on another page: what to paste there, and how to make the key that its readers need. */

import { html, type TemplateResult } from "lit";
import type { Texts } from "./texts";

export function embedding(endpoint: URL, collection: string | null, texts: Texts): TemplateResult {
  const script = new URL("static/quotewise-chat.js", endpoint).href;
  const asked = collection ? ` collection="${collection}"` : "";
  const element = `<script src="${script}" defer></script>\n<quotewise-chat endpoint="${endpoint.href}"${asked} api-key="KEY"></quotewise-chat>`;
  const command = `quotewise keys make page --browser --origin https://PAGE${collection ? ` -c ${collection}` : ""}`;
  return html`<details>
    <summary class="muted">${texts.embed}</summary>
    <p>${texts.embedKey}</p>
    <pre>${command}</pre>
    <p>${texts.embedPage}</p>
    <pre>${element}</pre>
  </details>`;
}
