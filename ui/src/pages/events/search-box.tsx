// SPDX-License-Identifier: Apache-2.0
// The query, with names of fields, their values and what was asked lately offered as it is typed, and a mistake shown
// where it is.
import { LoadingOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Input, type InputRef } from 'antd';
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Choice } from '../../lib/completion';
import { useHotkeys } from '../../lib/hotkeys';
import { addRecent } from '../../lib/recent';
import type { Range } from '../../lib/time';
import { QueryHelp } from './query-help';
import { QueryMistake } from './query-mistake';
import { SuggestionList } from './suggestion-list';
import { useCompletion } from './use-completion';

const LENGTH_MAX = 8192;

interface Props {
  value: string;
  /** Whose values are offered. */
  range: Range;
  error: unknown;
  busy: boolean;
  onSearch: (query: string) => void;
  extra: ReactNode;
}

export function SearchBox({ value, range, error, busy, onSearch, extra }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<InputRef>(null);
  const { text, offered, isRecent, active, type, look, accept, move, close } = useCompletion(value, range);
  const open = offered.length > 0;
  useHotkeys({ '/': () => input.current?.focus() });

  const pick = (choice: Choice) => {
    const caret = accept(choice);
    requestAnimationFrame(() => input.current?.setSelectionRange(caret, caret));
  };
  const submit = () => {
    close();
    addRecent('hunt.recent', text);
    onSearch(text.trim());
  };
  const enter = () => {
    const chosen = offered[active];
    if (chosen) pick(chosen);
    else submit();
  };
  // Tab leaves the list of what was asked lately alone: it came without being asked for.
  const tab = () => {
    const first = offered[Math.max(active, 0)];
    if (first) pick(first);
  };
  const always = new Map([['Enter', enter]]);
  const whenOpen = new Map([
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['Escape', close],
    ...(isRecent ? [] : ([['Tab', tab]] as const)),
  ]);
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const action = always.get(event.key) ?? (open ? whenOpen.get(event.key) : undefined);
    if (!action) {
      if (event.key === 'ArrowDown') look(text, input.current?.input?.selectionStart ?? text.length);
      return;
    }
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
            onClick={({ currentTarget }) => look(text, currentTarget.selectionStart ?? text.length)}
            onBlur={close}
            data-testid="query"
          />
          {open && (
            <SuggestionList
              id={id}
              title={isRecent ? t('events.recent') : undefined}
              choices={offered}
              active={active}
              onPick={pick}
            />
          )}
        </div>
        <QueryHelp onUse={(example) => onSearch(example)} />
        {/* A search that takes long may be given up for another: a button that is "loading" would take no click. */}
        <Button type="primary" onClick={submit} icon={busy && <LoadingOutlined />} aria-busy={busy} data-testid="search">
          {t('events.search')}
        </Button>
        {extra}
      </div>
      <QueryMistake query={value} error={error} />
    </search>
  );
}
