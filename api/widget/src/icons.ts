/** Icons, drawn in the colour of the text; what they mean is said by the button around them. */

import { html, type TemplateResult } from "lit";

const icon = (path: string): TemplateResult =>
  html`<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${path} /></svg>`;

export const send = icon("M12 19V5m-6 6 6-6 6 6");
export const stop = icon("M7 7h10v10H7z");
export const copying = icon("M9 9h11v11H9zM5 15H4V4h11v1");
export const done = icon("m5 13 4 4L19 7");
export const close = icon("M6 6l12 12M18 6 6 18");
export const previous = icon("m6 15 6-6 6 6");
export const next = icon("m6 9 6 6 6-6");
export const left = icon("m15 6-6 6 6 6");
export const right = icon("m9 6 6 6-6 6");
export const elsewhere = icon("M14 4h6v6m0-6-9 9M18 14v6H4V6h6");
export const up = icon("M7 11v9H4v-9zm0 0 4-8a2 2 0 0 1 3 2l-1 5h5a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7");
export const down = icon("M17 13V4h3v9zm0 0-4 8a2 2 0 0 1-3-2l1-5H6a2 2 0 0 1-2-2.3l1-6A2 2 0 0 1 7 4h10");
export const page = icon("M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6");
