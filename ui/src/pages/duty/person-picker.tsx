// SPDX-License-Identifier: Apache-2.0
// Who has a shift: somebody of the register, or a name that is typed.
import { AutoComplete, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DutyPerson, type PersonFound, usePeopleFound } from '../../api/duty-queries';

const NAME_MAX = 64;

export const personOf = ({ id, name, phone, mail }: PersonFound): DutyPerson => ({
  name,
  person: id,
  ...(phone ? { phone } : {}),
  ...(mail ? { mail } : {}),
});

interface Props {
  id?: string;
  value?: DutyPerson;
  onChange?: (person: DutyPerson) => void;
  /** Chosen or confirmed by Enter. */
  onPick?: (person: DutyPerson) => void;
  label: string;
}

export function PersonPicker({ id, value, onChange, onPick, label }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const { data } = usePeopleFound(typed.trim());
  const found = typed.trim() ? (data?.items ?? []) : [];
  const options = found.map((person) => ({
    value: String(person.id),
    label: (
      <span className="picked">
        {person.name}
        <span className="muted">{[person.unit_name, person.phone].filter(Boolean).join(' · ')}</span>
      </span>
    ),
  }));
  const set = (person: DutyPerson) => {
    onChange?.(person);
  };
  const choose = (key: string) => {
    const person = found.find(({ id: number }) => String(number) === key);
    if (!person) return;
    setTyped('');
    set(personOf(person));
    onPick?.(personOf(person));
  };
  const type = (text: string) => {
    if (found.some(({ id: number }) => String(number) === text)) return;
    setTyped(text);
    set({ name: text });
  };
  return (
    <AutoComplete value={value?.name ?? ''} options={options} onSelect={choose} onChange={type}>
      <Input
        id={id}
        aria-label={label}
        maxLength={NAME_MAX}
        placeholder={t('duty.personHint')}
        onPressEnter={() => {
          if (found.length === 0 && value?.name.trim()) onPick?.(value);
        }}
      />
    </AutoComplete>
  );
}
