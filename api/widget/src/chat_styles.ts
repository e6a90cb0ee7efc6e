/** How the chat and the turns in it look. */

import { css } from "lit";

export const chat = css`
  :host {
    block-size: var(--quotewise-height, 38rem);
    border: 1px solid var(--border);
    border-radius: var(--radius);
    container-type: inline-size;
  }
  .chat {
    position: relative;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    block-size: 100%;
  }
  .chat.open {
    grid-template-columns: minmax(0, 1fr) minmax(0, 0.85fr);
  }
  quotewise-source {
    border-inline-start: 1px solid var(--border);
    min-inline-size: 0;
    min-block-size: 0;
  }
  .talk {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    min-inline-size: 0;
    min-block-size: 0;
  }
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.75rem;
    min-block-size: 3.25rem;
    padding: 0.5rem 0.75rem 0.5rem 1.25rem;
    border-block-end: 1px solid var(--border);
  }
  .turns {
    position: relative;
    overflow: auto;
    padding: 1.25rem;
    overscroll-behavior: contain;
  }
  .turns > * {
    max-inline-size: 46rem;
    margin-inline: auto;
  }
  .welcome {
    display: grid;
    gap: 0.75rem;
    padding-block: 12% 2rem;
    text-align: center;
  }
  .welcome strong {
    font: 500 1.375rem/1.35 var(--quote-font);
    text-wrap: balance;
  }
  .suggestions {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.5rem;
    margin-block-start: 0.5rem;
  }
  .suggestions button {
    padding: 0.375rem 0.875rem;
    font-size: 0.875rem;
  }
  quotewise-turn {
    display: block;
  }
  .turn {
    display: grid;
    gap: 0.75rem;
  }
  quotewise-turn + quotewise-turn {
    margin-block-start: 1.75rem;
  }
  .question {
    justify-self: end;
    max-inline-size: 88%;
    padding: 0.5rem 0.875rem;
    border-radius: var(--radius) var(--radius) 3px var(--radius);
    background: var(--tint);
    font-size: 0.9375rem;
    font-weight: 550;
    white-space: pre-wrap;
  }
  .verdict {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.125rem 0.5rem;
    font-weight: 600;
  }
  .verdict .muted {
    font-weight: 400;
  }
  .level {
    align-self: center;
    inline-size: 0.8125rem;
    block-size: 0.8125rem;
    border: 1.5px solid var(--accent);
    border-radius: 50%;
    background: conic-gradient(var(--accent) var(--filled, 12%), transparent 0);
  }
  .level.high {
    --filled: 100%;
  }
  .level.fair {
    --filled: 60%;
  }
  .level.low {
    --filled: 30%;
  }
  .level.silent {
    --filled: 0%;
    border-color: var(--muted);
  }
  .quotes {
    display: grid;
    gap: 0.625rem;
  }
  figure {
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--surface);
    overflow: clip;
  }
  figure.current {
    border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }
  blockquote {
    padding: 0.875rem 1rem 0.75rem;
    font: 1.0313rem/1.6 var(--quote-font);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
  }
  .closest blockquote {
    display: -webkit-box;
    padding-block-end: 0;
    margin-block-end: 0.75rem;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 4;
    line-clamp: 4;
  }
  figcaption {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem;
    padding: 0.25rem 0.375rem 0.25rem 1rem;
    border-block-start: 1px solid var(--border);
    font-size: 0.8125rem;
  }
  figcaption div {
    min-inline-size: 0;
    padding-block: 0.25rem;
  }
  .reference {
    font-weight: 550;
    text-decoration-thickness: 1px;
  }
  .number {
    display: inline-grid;
    place-items: center;
    min-inline-size: 1.25rem;
    margin-inline-end: 0.375rem;
    border-radius: 4px;
    background: var(--tint);
    color: var(--accent);
    font-size: 0.75rem;
    font-weight: 650;
    line-height: 1.25rem;
  }
  .after {
    display: flex;
    align-items: center;
    gap: 0.125rem;
    min-block-size: 2rem;
  }
  .after button[aria-pressed="true"] {
    color: var(--accent);
    background: var(--tint);
  }
  .progress::before {
    content: "";
    display: inline-block;
    inline-size: 0.5rem;
    block-size: 0.5rem;
    margin-inline-end: 0.5rem;
    border-radius: 50%;
    background: var(--accent);
  }
  @media (prefers-reduced-motion: no-preference) {
    .progress::before {
      animation: breathe 1.1s ease-in-out infinite alternate;
    }
    .turns.smooth {
      scroll-behavior: smooth;
    }
  }
  @keyframes breathe {
    to {
      opacity: 0.2;
    }
  }
  .turns .key {
    margin-block-start: 1rem;
  }
  .foot {
    padding: 0.75rem 1.25rem 0.625rem;
    border-block-start: 1px solid var(--border);
  }
  .foot > * {
    max-inline-size: 46rem;
    margin-inline: auto;
  }
  .composer {
    display: flex;
    align-items: end;
    gap: 0.375rem;
    padding: 0.3125rem;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .composer:focus-within {
    border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 2.25rem;
    max-block-size: 9rem;
    padding: 0.375rem 0.625rem;
    border: 0;
    background: none;
    resize: none;
    field-sizing: content;
  }
  textarea:focus-visible {
    outline: 0;
  }
  .composer button {
    inline-size: 2.25rem;
    block-size: 2.25rem;
  }
  .promise {
    padding-block-start: 0.4375rem;
    text-align: center;
    font-size: 0.75rem;
  }
  @container (max-width: 46rem) {
    .chat.open {
      grid-template-columns: minmax(0, 1fr);
    }
    .chat.open .talk {
      visibility: hidden;
    }
    quotewise-source {
      position: absolute;
      inset: 0;
      border: 0;
    }
    .turns,
    .foot {
      padding-inline: 0.875rem;
    }
  }
`;
