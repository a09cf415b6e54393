// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOfferedValues } from '../../api/hunt-queries';
import { useFields } from '../../api/queries';
import { useFieldDoc } from '../../components/field-doc';
import { type Choice, type Place, placeAt, withChoice } from '../../lib/completion';
import { kqlName, kqlTerm } from '../../lib/kql';
import { recentOf } from '../../lib/recent';
import { suggestFields } from '../../lib/suggest';
import type { Range } from '../../lib/time';

const TYPING_MS = 150;
const VALUE_MAX = 200;

/** What was there a moment ago, so that not every key asks the server. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function useNames(place: Place | undefined): Choice[] {
  const { data: fields = [] } = useFields();
  const docOf = useFieldDoc();
  if (place?.kind !== 'name') return [];
  return suggestFields(fields, place.text).map((field) => ({
    key: field.name,
    label: field.name,
    hint: field.type,
    detail: docOf(field),
    insert: `${kqlName(field.name)}: `,
  }));
}

function useValues(place: Place | undefined, range: Range): Choice[] {
  const settled = useSettled(place?.kind === 'value' ? `${place.field} ${place.text}` : '');
  const asked = place?.kind === 'value' && settled === `${place.field} ${place.text}`;
  const { data } = useOfferedValues(range, asked ? place.field : undefined, asked ? place.text : '');
  if (!asked || !data) return [];
  return data.values
    .filter(({ value }) => value.length <= VALUE_MAX)
    .map(({ value, count }) => ({
      key: value,
      label: value,
      count,
      insert: `${kqlTerm('x', value).slice(3)} `,
    }));
}

function useJoins(place: Place | undefined): Choice[] {
  const { t } = useTranslation();
  if (place?.kind !== 'join') return [];
  return [
    { key: 'and', label: 'and', detail: t('events.and'), insert: 'and ' },
    { key: 'or', label: 'or', detail: t('events.or'), insert: 'or ' },
    { key: 'and not', label: 'and not', detail: t('events.andNot'), insert: 'and not ' },
  ];
}

const recentChoices = (): Choice[] =>
  recentOf('hunt.recent').map((query) => ({ key: query, label: query, insert: query }));

/** The text being typed and what could complete it; nothing typed: what was asked lately. */
export function useCompletion(value: string, range: Range) {
  const [text, setText] = useState(value);
  const [place, setPlace] = useState<Place>();
  const [recent, setRecent] = useState<Choice[]>([]);
  const [active, setActive] = useState(-1);
  useEffect(() => setText(value), [value]);
  const names = useNames(place);
  const values = useValues(place, range);
  const joins = useJoins(place);
  const isRecent = recent.length > 0;
  const offered = isRecent ? recent : [...names, ...values, ...joins];

  const close = () => {
    setPlace(undefined);
    setRecent([]);
    setActive(-1);
  };
  const look = (typed: string, caret: number) => {
    setRecent(typed.trim() === '' ? recentChoices() : []);
    setPlace(typed.trim() === '' ? undefined : placeAt(typed, caret));
    setActive(-1);
  };
  const type = (typed: string, caret: number) => {
    setText(typed);
    look(typed, caret);
  };
  const accept = (choice: Choice): number => {
    const at = place ?? { kind: 'name' as const, start: 0, end: text.length, text: '' };
    const next = isRecent ? { text: choice.insert, caret: choice.insert.length } : withChoice(text, at, choice);
    setText(next.text);
    close();
    // Behind the name of a field its values are offered at once.
    if (place?.kind === 'name') setPlace(placeAt(next.text, next.caret));
    return next.caret;
  };
  const move = (by: number) => setActive((active + by + offered.length + (active < 0 && by < 0 ? 1 : 0)) % offered.length);
  return { text, offered, isRecent, active, type, look, accept, move, close };
}
