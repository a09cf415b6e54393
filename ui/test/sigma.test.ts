// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { diffLines } from '../src/lib/diff';
import { conjunction, idOf, template, yamlText } from '../src/lib/sigma';
import { cellsOf } from '../src/pages/rules/coverage/page';

describe('a search as conditions', () => {
  it('is taken apart where it is a plain conjunction', () => {
    expect(conjunction('user.name: "walker" and not source.ip: 10.1.2.3 and process.name: ps*')).toEqual([
      { field: 'user.name', value: 'walker', not: false },
      { field: 'source.ip', value: '10.1.2.3', not: true },
      { field: 'process.name', value: 'ps*', not: false },
    ]);
  });

  it('keeps an "and" inside quotes, and what is a wildcard only there a plain character', () => {
    expect(conjunction('message: "this and that*"')).toEqual([
      { field: 'message', value: 'this and that\\*', not: false },
    ]);
  });

  it('is refused where it is anything else', () => {
    for (const query of ['a: 1 or b: 2', '(a: 1) and b: 2', 'a > 3', 'walker', 'a: (1 or 2)', ''])
      expect(conjunction(query), query).toBeUndefined();
  });
});

describe('a new rule', () => {
  const id = '0c7c1d52-51f5-4ad0-9a53-5b54d2f7b001';
  const origins = [{ id: 'openssh', products: ['linux'], categories: ['authentication', 'x'], services: ['sshd'] }];
  const make = (query: string) =>
    template({ id, author: '张三', title: 'New rule', titleZh: '新规则', conditions: conjunction(query), origins });

  it('states the log source that all events of the data set have', () => {
    const text = make('event.dataset: "openssh" and user.name: "root" and not source.ip: "10.0.0.1"');
    expect(text).toContain('logsource:\n  product: linux\n  service: sshd\ndetection:\n');
    expect(text).toContain('  selection:\n    user.name: "root"\n  filter_1:\n    source.ip: "10.0.0.1"\n');
    expect(text).toContain('condition: selection and not 1 of filter_*');
    expect(text).not.toContain('event.dataset');
    expect(idOf(text)).toBe(id);
  });

  it('lets nothing of a search out of its quotes', () => {
    expect(make('user.name: "a\\"\\nlevel: low"')).toContain('user.name: "a\\"nlevel: low"');
    expect(yamlText('yes')).toBe('"yes"');
    expect(yamlText('a: b')).toBe('"a: b"');
  });
});

describe('lines that changed', () => {
  it('are told from those that stayed', () => {
    const shown = diffLines('a\nb\nc\n', 'a\nx\nc\nd\n').map(({ kind, text }) => `${kind[0]} ${text}`);
    expect(shown).toEqual(['s a', 'r b', 'a x', 's c', 'a d']);
  });
});

describe('a cell of the matrix', () => {
  it('stands for its sub-techniques', () => {
    const none = { rules: 0, visible: 0, state: 'none' as const };
    expect(
      cellsOf([
        { id: 'T1', name: 'One', ...none },
        { id: 'T1.001', name: 'Sub', rules: 2, visible: 0, state: 'blind' },
        { id: 'T1.002', name: 'Other', rules: 1, visible: 1, state: 'visible' },
        { id: 'T2', name: 'Two', ...none },
      ]),
    ).toMatchObject([
      { id: 'T1', name: 'One', rules: 3, visible: 1, state: 'visible' },
      { id: 'T2', name: 'Two', rules: 0, visible: 0, state: 'none' },
    ]);
  });
});
