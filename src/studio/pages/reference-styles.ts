import { css } from "lit";

/** The reference's looks, from the page's tokens; they come with it, not with the shell. */
export const referenceStyles = css`
  :host {
    display: block;
    margin-top: var(--dk-space-8);
  }
  h2 {
    font-size: var(--dk-text-lg);
    font-weight: var(--dk-weight-strong);
    margin: 0 0 var(--dk-space-2);
  }
  h3 {
    font-size: var(--dk-text-md);
    font-weight: var(--dk-weight-strong);
    margin: var(--dk-space-8) 0 var(--dk-space-2);
    overflow-wrap: anywhere;
  }
  p {
    max-width: 72ch;
    margin: 0 0 var(--dk-space-2);
  }
  code {
    font-family: var(--dk-mono);
    font-size: 0.95em;
    overflow-wrap: anywhere;
  }
  .scroll {
    overflow-x: auto;
    margin: 0 0 var(--dk-space-4);
  }
  h2:focus {
    outline: none;
  }
  .scroll:focus-visible {
    outline: 2px solid var(--dk-accent);
  }
  table {
    width: 100%;
    min-width: 560px;
    border-collapse: collapse;
    font-size: var(--dk-text-sm);
  }
  th {
    font-size: var(--dk-text-xs);
    font-weight: 400;
    color: var(--dk-text-2);
    text-align: start;
    padding: 0 12px 6px 0;
  }
  td {
    padding: 6px 12px 6px 0;
    border-top: 1px solid var(--dk-line);
    vertical-align: top;
  }
`;
