/** How the chat looks. */

import { css, type CSSResult } from "lit";
import { shared } from "./styles";
import { turn } from "./turn_styles";

const own = css`
  :host {
    position: relative; /* of what is said unseen, which would make the page a pixel longer */
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
  header > div {
    display: flex;
    flex: none;
    align-items: center;
    gap: 0.375rem;
  }
  .chat.open :is(.search, .list) { /* beside a source there is no room for words */
    inline-size: 2rem;
    padding: 0;
  }
  .chat.open :is(.search, .list) span {
    display: none;
  }
  quotewise-composer {
    display: block;
  }
  .only {
    display: flex;
    align-items: center;
    gap: 0.375rem;
    padding-inline: 0.625rem;
    color: var(--accent);
    font-size: 0.8125rem;
  }
  .notice,
  .counter.over {
    color: var(--warning);
    font-size: 0.8125rem;
    margin-block: 0.25rem;
  }
  .counter {
    padding-inline: 0.625rem;
    text-align: end;
  }
  .counter.over {
    text-align: start;
  }
  .composer.long,
  .composer.long:focus-within {
    border-color: var(--warning);
    box-shadow: 0 0 0 1px var(--warning);
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
    header button {
      inline-size: 2rem;
      padding: 0;
    }
    header button span {
      display: none;
    }
    .turns,
    .foot {
      padding-inline: 0.875rem;
    }
  }
  .printed {
    display: none;
  }
  @media print {
    :host {
      block-size: auto;
      overflow: visible;
    }
    .chat,
    .talk {
      display: block;
      block-size: auto;
    }
    .turns {
      overflow: visible;
    }
    .foot,
    .after,
    .correction,
    .others > button,
    .meant button,
    figcaption button,
    header,
    quotewise-source,
    quotewise-conversations {
      display: none !important;
    }
    .printed {
      display: block;
      padding: 1.25rem 1.25rem 0;
    }
    figure {
      break-inside: avoid;
    }
    .reference::after {
      content: " <" attr(href) ">";
      font-weight: 400;
    }
  }
`;

export const chat: CSSResult[] = [shared, turn, own];
