// SPDX-License-Identifier: Apache-2.0
// The editor of a rule's text: CodeMirror with YAML, what is doubtful marked where it stands. Loaded when it is needed.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import type { RuleFinding } from '../../../api/rules-queries';

interface Props {
  value: string;
  onChange: (text: string) => void;
  findings: readonly RuleFinding[];
  readOnly: boolean;
  label: string;
  /** A line that somebody asked for; counted so that asking again goes there again. */
  jump?: { line: number; column: number; count: number };
}

/** Colours are the page's variables, so that one style serves both themes. */
const HIGHLIGHT = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--code-number)' },
  { tag: [tags.punctuation, tags.separator, tags.meta], color: 'var(--muted)' },
]);

const LOOK = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '12.5px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-gutters': { backgroundColor: 'var(--code)', color: 'var(--muted)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--fill)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--text)', border: '1px solid var(--border)' },
  // Their own marks are images in data: addresses, which the policy refuses.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--level-critical)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--level-medium)' },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--level-low)' },
  '.cm-lint-marker': { content: '""', width: '8px', height: '8px', borderRadius: '50%', margin: '5px 3px' },
  '.cm-lint-marker-error': { content: '""', backgroundColor: 'var(--level-critical)' },
  '.cm-lint-marker-warning': { content: '""', backgroundColor: 'var(--level-medium)', borderRadius: '1px' },
  '.cm-lint-marker-info': { content: '""', backgroundColor: 'var(--level-low)', borderRadius: '0' },
});

/** Typed over a selection, Chromium keeps its look in a style attribute, which the policy refuses: done here instead. */
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view;
    if (event.inputType !== 'insertText' || event.data === null || state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(state.update(state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true }));
    return true;
  },
});

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

const SEVERITY = { error: 'error', warning: 'warning', notice: 'info' } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The server counts columns in bytes. */
const characterAt = (line: string, column: number) =>
  decoder.decode(encoder.encode(line).slice(0, Math.max(column - 1, 0))).length;

function placeOf(doc: Text, { line, column }: { line: number; column: number }): [number, number] {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const from = Math.min(at.from + characterAt(at.text, column), at.to);
  const word = /^["']?[\w.|-]+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 0;
  return [from, Math.min(from + Math.max(word, 1), at.to)];
}

function diagnosticsOf(doc: Text, findings: readonly RuleFinding[]): Diagnostic[] {
  return findings.map(({ severity, message, code, ...place }) => {
    const [from, to] = placeOf(doc, place);
    return { from, to, severity: SEVERITY[severity], message, source: code };
  });
}

export default function Editor({ value, onChange, findings, readOnly, label, jump }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef({ value, label, readOnly });
  const writable = useRef(new Compartment());

  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current.value,
        extensions: [
          EditorView.cspNonce.of(nonce()),
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          indentUnit.of('  '),
          indentOnInput(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          yaml(),
          syntaxHighlighting(HIGHLIGHT),
          LOOK,
          TYPED_OVER,
          keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ 'aria-label': first.current.label, tabindex: '0' }),
          writable.current.of(EditorState.readOnly.of(first.current.readOnly)),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) changed.current(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: writable.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);

  useEffect(() => {
    const { current } = view;
    if (!current || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const { current } = view;
    if (current) current.dispatch(setDiagnostics(current.state, diagnosticsOf(current.state.doc, findings)));
  }, [findings]);

  useEffect(() => {
    const { current } = view;
    if (!current || !jump) return;
    const [anchor] = placeOf(current.state.doc, jump);
    current.dispatch({ selection: { anchor }, scrollIntoView: true });
    current.focus();
  }, [jump]);

  return <div ref={place} className="editor" data-testid="editor" />;
}
