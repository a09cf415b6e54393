// SPDX-License-Identifier: Apache-2.0
import { highlight } from '../lib/highlight';

/** Text with the parts that are one of words marked. */
export function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return highlight(text, words).map(({ at, text: part, marked }) =>
    marked ? <mark key={at}>{part}</mark> : <span key={at}>{part}</span>,
  );
}
