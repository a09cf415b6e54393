// SPDX-License-Identifier: Apache-2.0
// How a person likes the list: how its rows look, and whether the fields stand beside it. The browser remembers.
import { useState } from 'react';
import { recall, remember } from '../../lib/storage';
import type { Rows } from './table';

export const LOOKS: readonly Rows[] = ['dense', 'roomy', 'wrapped'];

const isLook = (text: string | null): text is Rows => (LOOKS as readonly (string | null)[]).includes(text);

export function useView() {
  const kept = recall('hunt.rows');
  const [looks, setLooks] = useState<Rows>(isLook(kept) ? kept : 'dense');
  const [fieldsShown, setFieldsShown] = useState(recall('hunt.fields') !== 'no');
  const look = (next: Rows) => {
    remember('hunt.rows', next);
    setLooks(next);
  };
  const toggleFields = () => {
    remember('hunt.fields', fieldsShown ? 'no' : 'yes');
    setFieldsShown(!fieldsShown);
  };
  const nextLook = () => look(LOOKS[(LOOKS.indexOf(looks) + 1) % LOOKS.length] ?? 'dense');
  return { looks, look, nextLook, fieldsShown, toggleFields };
}
