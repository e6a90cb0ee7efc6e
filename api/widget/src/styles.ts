/** How the elements look. Every colour and font can be set from outside by a custom property. */

import { css } from "lit";

export const shared = css`
  :host {
    color-scheme: light dark;
    --background: var(--quotewise-background, light-dark(#faf9f6, #14171c));
    --surface: var(--quotewise-surface, light-dark(#ffffff, #1d2128));
    --text: var(--quotewise-text, light-dark(#1f242b, #e7e9ec));
    --muted: var(--quotewise-muted, light-dark(#59616d, #a3adba));
    --border: var(--quotewise-border, light-dark(#e2dfd8, #343b46));
    --accent: var(--quotewise-accent, light-dark(#1d4f7c, #93c1ec));
    --on-accent: var(--quotewise-on-accent, light-dark(#ffffff, #10202f));
    --tint: var(--quotewise-tint, light-dark(#e9f0f7, #223040));
    --mark: var(--quotewise-mark, light-dark(#fff0b8, #4d4216));
    --mark-strong: var(--quotewise-mark-strong, light-dark(#ffd966, #7a6310));
    --warning: var(--quotewise-warning, light-dark(#9a3412, #f2b18c));
    --font: var(--quotewise-font, Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif);
    --quote-font: var(--quotewise-quote-font, Charter, "Iowan Old Style", "Source Serif 4", Georgia, "Noto Serif", serif);
    --radius: var(--quotewise-radius, 10px);
    display: block;
    box-sizing: border-box;
    color: var(--text);
    background: var(--background);
    font: 400 0.9375rem/1.5 var(--font);
    overflow: hidden;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ol,
  ul,
  figure,
  blockquote {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    list-style: none;
  }
  h2 {
    font-size: 1rem;
    font-weight: 650;
    line-height: 1.35;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  button,
  a.button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.375rem;
    min-block-size: 2rem;
    padding: 0.25rem 0.625rem;
    border: 1px solid transparent;
    border-radius: calc(var(--radius) * 0.7);
    background: none;
    color: var(--muted);
    font-size: 0.8125rem;
    text-decoration: none;
    cursor: pointer;
  }
  button:hover,
  a.button:hover {
    background: var(--tint);
    color: var(--accent);
  }
  button:disabled {
    opacity: 0.4;
    cursor: default;
  }
  button svg,
  a svg {
    flex: none;
  }
  .icon {
    inline-size: 2rem;
    padding: 0 !important;
  }
  .primary,
  .primary:hover {
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  .outlined {
    border-color: var(--border);
    background: var(--surface);
    color: var(--accent);
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
  }
  input,
  select {
    min-inline-size: 0;
    inline-size: 100%;
    padding: 0.375rem 0.625rem;
    border: 1px solid var(--border);
    border-radius: calc(var(--radius) * 0.7);
    background: var(--surface);
  }
  ::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  mark {
    padding-block: 0.08em;
    border-radius: 2px;
    background: var(--mark);
    color: inherit;
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
  }
  mark.short {
    background: var(--mark-strong);
    font-weight: 600;
  }
  .control {
    font-size: 0;
  }
  .control::before {
    content: attr(data-name);
    padding: 0 0.2em;
    border: 1px solid currentColor;
    border-radius: 3px;
    font: 0.75rem/1.2 ui-monospace, "DejaVu Sans Mono", monospace;
    unicode-bidi: isolate;
    direction: ltr;
  }
  .muted {
    color: var(--muted);
    font-size: 0.8125rem;
  }
  .bar { /* what may be long, and what can be done with it */
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .bar > :first-child {
    flex: 1;
    min-inline-size: 0;
  }
  .bar > button {
    flex: none;
  }
  .clamped {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: var(--lines);
  }
  .break {
    overflow-wrap: anywhere;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .problem {
    padding: 0.625rem 0.875rem;
    border: 1px solid currentColor;
    border-radius: var(--radius);
    color: var(--warning);
  }
  .problem::first-letter {
    text-transform: uppercase;
  }
  .key {
    display: grid;
    gap: 0.5rem;
    padding: 0.875rem;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .key div {
    display: flex;
    gap: 0.5rem;
  }
  .key button {
    flex: none;
  }
  @media (prefers-reduced-motion: no-preference) {
    button,
    a.button {
      transition:
        background-color 0.12s,
        color 0.12s;
    }
  }
`;
