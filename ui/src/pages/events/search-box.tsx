// SPDX-License-Identifier: Apache-2.0
// The query, with the names of fields offered as they are typed, and a mistake shown where it is.
import { SearchOutlined } from '@ant-design/icons';
import { Button, Input, type InputRef } from 'antd';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { useFields } from '../../api/queries';
import type { Field } from '../../api/types';
import { useHotkeys } from '../../lib/hotkeys';
import { indexOfColumn, nameAt, type Word } from '../../lib/kql';
import { suggestFields } from '../../lib/suggest';
import { QueryHelp } from './query-help';

const LENGTH_MAX = 8192;

interface Props {
  value: string;
  error: unknown;
  busy: boolean;
  onSearch: (query: string) => void;
  extra: ReactNode;
}

/** The query with the place of the mistake marked, and the server's words about it. */
function QueryMistake({ query, error }: { query: string; error: unknown }) {
  if (!(error instanceof ApiError) || error.status !== 400) return null;
  const at = error.column === undefined ? query.length : indexOfColumn(query, error.column);
  return (
    <div className="query-mistake" role="alert" data-testid="query-mistake">
      <code>
        {query.slice(0, at)}
        <mark>{query.slice(at, at + 1) || ' '}</mark>
        {query.slice(at + 1)}
      </code>
      <span>{error.message}</span>
    </div>
  );
}

interface ListProps {
  id: string;
  fields: readonly Field[];
  active: number;
  onPick: (field: Field) => void;
}

function SuggestionList({ id, fields, active, onPick }: ListProps) {
  return (
    <div className="suggestions" id={id} role="listbox">
      {fields.map((field, i) => (
        <div
          key={field.name}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          // The input must not lose the focus before the name is in it.
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(field);
          }}
        >
          <b>{field.name}</b> <span className="muted">{field.type}</span>{' '}
          <span className="muted">{field.doc}</span>
        </div>
      ))}
    </div>
  );
}

/** The text being typed and what could complete it. */
function useCompletion(value: string) {
  const { data: fields = [] } = useFields();
  const [text, setText] = useState(value);
  const [word, setWord] = useState<Word>();
  const [active, setActive] = useState(-1);
  useEffect(() => setText(value), [value]);
  const close = () => {
    setWord(undefined);
    setActive(-1);
  };
  const type = (typed: string, caret: number) => {
    setText(typed);
    setWord(nameAt(typed, caret));
    setActive(-1);
  };
  const offered = word ? suggestFields(fields, word.text) : [];
  const accept = (field: Field): number => {
    const { start, end } = word ?? { start: text.length, end: text.length };
    const inserted = `${field.name}: `;
    setText(text.slice(0, start) + inserted + text.slice(end).replace(/^\s*:\s*/, ''));
    close();
    return start + inserted.length;
  };
  const move = (by: number) => setActive((active + by + offered.length) % offered.length);
  return { text, offered, active, type, accept, move, close };
}

export function SearchBox({ value, error, busy, onSearch, extra }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<InputRef>(null);
  const { text, offered, active, type, accept, move, close } = useCompletion(value);
  const open = offered.length > 0;
  useHotkeys({ '/': () => input.current?.focus() });

  const pick = (field: Field) => {
    const caret = accept(field);
    requestAnimationFrame(() => input.current?.setSelectionRange(caret, caret));
  };
  const submit = () => {
    close();
    onSearch(text.trim());
  };
  const enter = () => {
    const chosen = offered[active];
    if (chosen) pick(chosen);
    else submit();
  };
  const tab = () => {
    const first = offered[Math.max(active, 0)];
    if (first) pick(first);
  };
  const always = new Map([['Enter', enter]]);
  const whenOpen = new Map([
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['Escape', close],
    ['Tab', tab],
  ]);
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const action = always.get(event.key) ?? (open ? whenOpen.get(event.key) : undefined);
    if (!action) return;
    event.preventDefault();
    action();
  };

  return (
    <search className="search">
      <div className="search-line">
        <div className="search-input">
          <Input
            ref={input}
            className="mono"
            prefix={<SearchOutlined />}
            value={text}
            maxLength={LENGTH_MAX}
            allowClear
            placeholder={t('events.placeholder')}
            aria-label={t('events.query')}
            role="combobox"
            aria-expanded={open}
            aria-controls={id}
            aria-autocomplete="list"
            aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
            spellCheck={false}
            onChange={({ target }) => type(target.value, target.selectionStart ?? target.value.length)}
            onKeyDown={press}
            onBlur={close}
            data-testid="query"
          />
          {open && <SuggestionList id={id} fields={offered} active={active} onPick={pick} />}
        </div>
        <QueryHelp onUse={(example) => onSearch(example)} />
        <Button type="primary" onClick={submit} loading={busy} data-testid="search">
          {t('events.search')}
        </Button>
        {extra}
      </div>
      <QueryMistake query={value} error={error} />
    </search>
  );
}
