// SPDX-License-Identifier: Apache-2.0
// Two texts as the lines that stayed, went and came: the longest common subsequence, of texts of some hundred lines.

export interface DiffLine {
  key: string;
  kind: 'same' | 'added' | 'removed';
  text: string;
}

const LINES_MAX = 1500;

/** lengths[i][j]: how many lines before from i on and after from j on have in common, in order. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint16Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    const row = lengths[i] as Uint16Array;
    const below = lengths[i + 1] as Uint16Array;
    for (let j = after.length - 1; j >= 0; j--)
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
  }
  return lengths;
}

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n').slice(0, LINES_MAX);

export function diffLines(beforeText: string, afterText: string): DiffLine[] {
  const before = linesOf(beforeText);
  const after = linesOf(afterText);
  const lengths = commonLengths(before, after);
  const lines: DiffLine[] = [];
  const put = (kind: DiffLine['kind'], text: string) => lines.push({ key: `${lines.length}`, kind, text });
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const left = before[i];
    const right = after[j];
    if (left !== undefined && left === right) {
      put('same', left);
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      put('removed', left);
      i++;
    } else {
      put('added', right ?? '');
      j++;
    }
  }
  return lines;
}
