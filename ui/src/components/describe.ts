// SPDX-License-Identifier: Apache-2.0
import type { TFunction } from 'i18next';
import { adviceFor, wordsOf } from '../api/errors';

/** An error in one line: what to do, then the server's words where they say more. */
export function describe(t: TFunction, error: unknown): string {
  return [t(`error.${adviceFor(error)}`), wordsOf(error)].filter(Boolean).join(' ');
}
