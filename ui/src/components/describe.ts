// SPDX-License-Identifier: Apache-2.0
import type { TFunction } from 'i18next';
import { ApiError, adviceFor, wordsOf } from '../api/errors';

/** Two sentences in one line; behind Chinese punctuation there is room enough. */
export const inOneLine = (first: string, second: string) =>
  [first, second].filter(Boolean).join(/[。：；]$/.test(first) ? '' : ' ');

/** An error in one line: what to do, then the server's words where they say more. */
export function describe(t: TFunction, error: unknown): string {
  return inOneLine(t(`error.${adviceFor(error)}`), wordsOf(error));
}

/** What a password or a code that was asked once more was refused for. */
export function describeProof(t: TFunction, error: unknown): string {
  const code = error instanceof ApiError ? error.code : '';
  if (code === 'bad_credentials') return t('password.wrong');
  if (code === 'bad_code') return t('factor.wrongCode');
  if (code === 'codes_locked') return t('factor.codesLocked');
  if (code === 'codes_unreadable') return t('factor.codesUnreadable');
  if (code === 'duplicate') return t('token.taken');
  return describe(t, error);
}
