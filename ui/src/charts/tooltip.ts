// SPDX-License-Identifier: Apache-2.0
// A chart's tooltip as elements: ECharts' own is HTML text with style attributes, which a strict
// Content-Security-Policy refuses.

export interface TipRow {
  label: string;
  value: string;
  /** Class that colours the mark before the label. */
  tone: string;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function tooltip(title: string, rows: readonly TipRow[]): HTMLElement {
  const box = element('div', 'tip');
  box.append(element('div', 'tip-title', title));
  for (const { label, value, tone } of rows) {
    const line = element('div', 'tip-row');
    line.append(element('span', `tip-mark ${tone}`), element('span', 'tip-label', label));
    line.append(element('span', 'number', value));
    box.append(line);
  }
  return box;
}
