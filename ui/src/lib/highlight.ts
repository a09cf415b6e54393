// SPDX-License-Identifier: Apache-2.0
// Marks the parts of a text that made a rule match.

export interface Piece {
  /** Offset in the text; identifies the piece. */
  at: number;
  text: string;
  marked: boolean;
}

const WORDS_MAX = 50;
const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Cuts text into pieces that are one of words, without regard to case, and pieces that are not. */
export function highlight(text: string, words: readonly string[]): Piece[] {
  const wanted = [...new Set(words)].filter((word) => word.length > 1).slice(0, WORDS_MAX);
  if (wanted.length === 0) return [{ at: 0, text, marked: false }];
  wanted.sort((a, b) => b.length - a.length);
  const parts = text.split(new RegExp(`(${wanted.map(escapeRegExp).join('|')})`, 'gi'));
  let at = 0;
  const pieces = parts.map((part, i) => {
    const piece = { at, text: part, marked: i % 2 === 1 };
    at += part.length;
    return piece;
  });
  return pieces.filter((piece) => piece.text !== '');
}
