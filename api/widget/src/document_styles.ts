/** How the list of documents looks. */

import { css, type CSSResult } from "lit";
import { shared } from "./styles";

const own = css`
  :host {
    block-size: 100%;
  }
  section {
    position: relative;
    block-size: 100%;
  }
  .panel {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    block-size: 100%;
    background: var(--background);
  }
  .head {
    display: grid;
    gap: 0.625rem;
    padding: 0.875rem 1rem;
  }
  .head h2 {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
  }
  .head h2 .muted {
    font-weight: 400;
  }
  .fold {
    display: none;
    color: inherit;
    font-size: 0.9375rem;
    font-weight: 650;
    white-space: nowrap;
  }
  .list {
    overflow: auto;
    padding: 0 0.5rem 1rem;
  }
  .hint {
    font-size: 0.8125rem;
  }
  .panel > details {
    max-block-size: 50dvh;
    overflow: auto;
    padding: 0.75rem 1rem;
    border-block-start: 1px solid var(--border);
    font-size: 0.8125rem;
  }
  .code {
    align-items: start;
  }
  pre {
    padding: 0.5rem;
    border: 1px solid var(--border);
    border-radius: var(--radius);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    user-select: all;
  }
  .list > p,
  .list > button {
    margin: 0.5rem;
  }
  .row {
    display: flex;
    gap: 0.375rem;
  }
  .row button {
    flex: none;
  }
  .gone {
    font-size: 0.8125rem;
  }
  li {
    position: relative;
  }
  [aria-pressed="true"] {
    color: var(--accent);
    background: var(--tint);
  }
  .acts {
    display: flex;
  }
  @media (hover: hover) {
    .acts {
      position: absolute;
      inset: 0.1875rem 0.1875rem auto auto;
      border-radius: var(--radius);
      background: var(--surface);
    }
    .acts .icon { /* four leave the middle of a link free */
      inline-size: 1.625rem;
      block-size: 1.625rem;
    }
    li:not(:hover, :focus-within) .acts {
      background: none;
    }
    li:not(:hover, :focus-within) .acts .icon:not(.only) {
      opacity: 0;
    }
    li a {
      padding-inline-end: 2rem;
    }
  }
  a {
    display: grid;
    flex: 1;
    padding: 0.4375rem 0.5rem;
    border-radius: calc(var(--radius) * 0.7);
    color: var(--text);
    text-decoration: none;
  }
  a:hover {
    background: var(--tint);
  }
  a:focus-visible {
    outline-offset: -2px;
  }
  @media (max-width: 56rem) {
    :host {
      block-size: auto;
      overflow: visible;
    }
    section {
      position: var(--quotewise-documents-position, relative);
    }
    .fold {
      display: inline-flex;
    }
    .panel {
      position: absolute;
      inset: var(--quotewise-bar, 100%) 0 auto;
      z-index: 1;
      block-size: auto;
      max-block-size: 80dvh;
      border-block-end: 1px solid var(--border);
      box-shadow: 0 0.75rem 1.5rem rgb(0 0 0 / 0.15);
    }
    section:not(.open) .panel {
      display: none;
    }
    .head h2 {
      display: none;
    }
  }
`;

export const looks: CSSResult[] = [shared, own];
