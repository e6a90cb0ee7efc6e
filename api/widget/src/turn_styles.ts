/** How a turn of a conversation looks: question, verdict, quotes, feedback. */

import { css } from "lit";
import { blocks } from "./reading";

export const turn = css`
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
  .meant q,
  .correction q {
    color: var(--text);
  }
  .plain {
    display: inline;
    min-block-size: 0;
    padding: 0;
    color: var(--accent);
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
  .differ {
    display: flex;
    gap: 0.5rem;
    align-items: start;
    padding: 0.5rem 0.75rem;
    border: 1px solid currentColor;
    border-radius: var(--radius);
    color: var(--warning);
    font-weight: 550;
  }
  .differ svg {
    flex: none;
    margin-block-start: 0.1rem;
  }
  .others > button {
    padding-inline: 0.25rem;
  }
  .others ul {
    margin-block-start: 0.5rem;
  }
  .after .link {
    margin-inline-start: auto;
  }
  .correction {
    display: grid;
    gap: 0.5rem;
    padding: 0.75rem;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    font-size: 0.875rem;
  }
  .correction fieldset {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .correction legend {
    padding: 0;
    font-weight: 600;
  }
  .correction input {
    inline-size: auto;
  }
  blockquote.rendered {
    ${blocks}
    white-space: normal;
    & > :last-child {
      margin-block-end: 0;
    }
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
  .closest blockquote.rendered {
    display: block;
    max-block-size: 8rem;
  }
  figcaption {
    padding: 0.25rem 0.375rem 0.25rem 1rem;
    border-block-start: 1px solid var(--border);
    font-size: 0.8125rem;
  }
  figcaption div {
    padding-block: 0.25rem;
  }
  .reference {
    font-weight: 550;
    text-decoration: none;
  }
  .reference bdi {
    text-decoration: underline 1px;
    text-underline-offset: 0.2em;
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
    flex-wrap: wrap;
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
`;
