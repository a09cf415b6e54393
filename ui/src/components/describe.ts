// SPDX-License-Identifier: Apache-2.0
import type { TFunction } from 'i18next';
import { ApiError, adviceFor } from '../api/errors';

/** An error in one line: our advice, then the server's words where it sent any. */
export function describe(t: TFunction, error: unknown): string {
  const said = error instanceof ApiError ? error.message : '';
  return [t(`error.${adviceFor(error)}`), said].filter(Boolean).join(' ');
}
