// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useFields } from '../../api/queries';
import type { Field } from '../../api/types';
import { nameAt, type Word } from '../../lib/kql';
import { suggestFields } from '../../lib/suggest';

/** The text being typed and what could complete it. */
export function useCompletion(value: string) {
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
