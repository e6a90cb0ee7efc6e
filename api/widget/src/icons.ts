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
export const add = icon("M12 5v14M5 12h14");
export const link = icon("M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1");
export const list = icon("M4 6h16M4 12h16M4 18h10");
export const rename = icon("m4 20 1-4L16 5l3 3L8 19zM14 7l3 3");
export const remove = icon("M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5");
export const markdown = icon("M3 6h18v12H3zM6 15V9l3 3 3-3v6M17 9v6m-2-2 2 2 2-2");
export const json = icon("M9 4H7v6l-2 2 2 2v6h2M15 4h2v6l2 2-2 2v6h-2");
export const print = icon("M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z");
export const warning = icon("M12 4 3 20h18zM12 10v5M12 17.5v.5");
export const only = icon("M5 5h14v14H5zM8.5 12l2.5 2.5 4.5-5");
export const unticked = icon("M5 5h14v14H5z");
export const several = icon("M4 5h10v10H4zM14 9h6v10H10v-4");
export const search = icon("M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM20 20l-4.9-4.9");
export const replace = icon("M4 12a8 8 0 0 1 14-5l2 2m0-5v5h-5M20 12a8 8 0 0 1-14 5l-2-2m0 5v-5h5");
