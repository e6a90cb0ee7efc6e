/** How a document's text looks: lines with numbers, and blocks as a page would show them. */

import { css } from "lit";

/** Blocks, wherever they are shown. */
export const blocks = css`
  .hidden {
    display: none;
  }
  .strong {
    font-weight: 650;
  }
  .emphasis {
    font-style: italic;
  }
  .heading,
  .paragraph,
  .quotation,
  blockquote,
  pre,
  .table,
  .text > ul {
    margin-block: 0 0.75em;
  }
  .heading {
    margin-block-start: 1.25em;
    font-weight: 650;
    line-height: 1.3;
    text-wrap: balance;
  }
  .text > :first-child {
    margin-block-start: 0;
  }
  .heading.l1 {
    font-size: 1.4375rem;
  }
  .heading.l2 {
    font-size: 1.25rem;
  }
  .heading.l3 {
    font-size: 1.125rem;
  }
  li {
    position: relative;
    margin-block-end: 0.25em;
    margin-inline-start: 1.125rem;
  }
  li:not(.own)::before {
    content: "•";
    position: absolute;
    inset-inline-start: -0.875rem;
  }
  li.l2 {
    margin-inline-start: 2.25rem;
  }
  li.l3 {
    margin-inline-start: 3.375rem;
  }
  li:is(.l4, .l5, .l6) {
    margin-inline-start: 4.5rem;
  }
  blockquote {
    padding-inline-start: 0.875rem;
    border-inline-start: 3px solid var(--border);
  }
  .code {
    font-family: ui-monospace, "DejaVu Sans Mono", monospace;
    font-size: 0.875em;
  }
  pre.code {
    padding: 0.625rem 0.75rem;
    border-radius: calc(var(--radius) * 0.5);
    background: var(--tint);
    white-space: pre-wrap;
  }
  .table {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-size: 0.9375rem;
    line-height: 1.45;
  }
  th,
  td {
    padding: 0.25rem 0.625rem;
    border: 1px solid var(--border);
    text-align: start;
    vertical-align: top;
    overflow-wrap: break-word;
  }
  th {
    background: var(--tint);
    font-weight: 650;
  }
  .caption,
  .footnote,
  .header,
  .footer,
  .navigation,
  .markup {
    margin-block-end: 0.5em;
    color: var(--muted);
    font-size: 0.875rem;
  }
  .caption {
    font-style: italic;
  }
`;

export const reading = css`
  .text {
    position: relative;
    overflow: auto;
    min-block-size: 0;
    padding: 1rem 1.125rem 2rem;
    font: 1rem/1.65 var(--quote-font);
    overscroll-behavior: contain;
  }
  .text:focus-visible {
    outline-offset: -2px;
  }
  .text > *,
  li {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
  }
  .flowing > :not(pre),
  .flowing li,
  .more,
  .text > ul,
  table {
    white-space: normal;
  }
  :not(.flowing) > .table :is(th, td) {
    white-space: pre-wrap;
  }
  .line.numbered,
  .line.cue {
    display: grid;
    grid-template-columns: 2.125rem minmax(0, 1fr);
    margin-inline-start: -1.125rem;
    padding-inline-start: 0.25rem;
  }
  .line.cue {
    grid-template-columns: 4.25rem minmax(0, 1fr);
  }
  .line::before {
    padding-inline-end: 0.875rem;
    text-align: end;
    color: var(--muted);
    font: 0.6875rem/1.6rem var(--font);
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  .numbered::before,
  .cue[data-line]::before {
    content: attr(data-line);
  }
  .cue:not([data-line])::before {
    content: "";
  }
  .line p:empty::before {
    content: "\\200b";
  }
  mark {
    color: var(--text); /* also in what is muted */
  }
  .other {
    background: color-mix(in srgb, var(--mark) 45%, transparent);
  }
  .quote {
    background: var(--mark);
  }
  .highlight {
    background: color-mix(in srgb, var(--mark-strong) 55%, var(--mark));
  }
  .more {
    display: flex;
    margin-block-end: 0.75rem;
  }
  .more:last-child:not(:first-child) {
    margin-block: 0.75rem 0;
  }
  .part {
    margin-block: 1.25rem 0.5rem;
    padding-block-end: 0.125rem;
    border-block-end: 1px solid var(--border);
    font-family: var(--font);
  }
  .part:first-child {
    margin-block-start: 0;
  }
  ${blocks}
`;
