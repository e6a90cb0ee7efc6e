/** How a source looks. */

import { css, type CSSResult } from "lit";
import { reading } from "./reading";
import { shared } from "./styles";

const own = css`
  :host {
    block-size: 100%;
    background: var(--surface);
    container-type: inline-size;
  }
  section {
    display: grid;
    grid-template-rows: auto auto auto minmax(0, 1fr);
    block-size: 100%;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.75rem;
    align-items: start;
    justify-content: space-between;
    padding: 0.625rem 0.75rem 0.625rem 1.125rem;
    border-block-end: 1px solid var(--border);
  }
  header > div {
    flex: 1 1 12rem;
    min-inline-size: 0;
  }
  nav,
  nav div {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.125rem;
  }
  nav span {
    padding-inline: 0.25rem;
    white-space: nowrap;
  }
  nav [aria-pressed="true"] {
    background: var(--tint);
    color: var(--accent);
  }
  .notices {
    padding: 0.75rem 1.125rem 0;
  }
  .notices:empty {
    display: none;
  }
  .marking {
    grid-row: 3;
    min-block-size: 3.25rem; /* of two lines */
    padding: 0.375rem 0.75rem 0.375rem 1.125rem;
    border-block-end: 1px solid var(--border);
    background: var(--tint);
  }
  .marking span {
    --lines: 2;
  }
  .body {
    display: grid;
    grid-row: 4; /* also where there is no notice */
    min-block-size: 0;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  }
  .paged {
    grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
  }
  .paged .text {
    border-inline-start: 1px solid var(--border);
  }
  .views {
    display: none;
  }
  @container (max-width: 44rem) {
    .views {
      display: flex;
    }
    .paged {
      grid-template-columns: minmax(0, 1fr);
    }
    .paged .text {
      border: 0;
    }
    .paged.page .text,
    .paged:not(.page) quotewise-page {
      display: none;
    }
  }
`;

export const looks: CSSResult[] = [shared, reading, own];
