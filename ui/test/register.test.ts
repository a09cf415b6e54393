// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  differences,
  fieldOf,
  withoutField,
  isCorrection,
  justBefore,
  type Lane,
  singleAddresses,
  spanOf,
  splitList,
  type Unit,
  type UnitNode,
  unitPathOf,
  unitTree,
} from '../src/lib/register';

const unit = (id: number, parent?: number): Unit => ({
  id,
  version: 1,
  code: '',
  name: `u${id}`,
  kind: 'office',
  parent,
  valid_from: '2026-01-01T00:00:00Z',
});

const UNITS = [unit(1), unit(2, 1), unit(3, 2), unit(4, 1)];
const sketch = (nodes: readonly UnitNode[]): string =>
  nodes.map(({ unit: { id }, own, total, children }) => `${id}:${own}/${total}(${sketch(children)})`).join(' ');

describe('the tree of units', () => {
  it('counts what lies below', () => {
    const counts = new Map([
      [1, 1],
      [3, 5],
      [4, 2],
    ]);
    expect(sketch(unitTree(UNITS, counts))).toBe('1:1/8(2:0/5(3:5/5()) 4:2/2())');
  });

  it('begins where the list does, for who sees one unit only', () => {
    expect(sketch(unitTree(UNITS.slice(1, 3)))).toBe('2:0/0(3:0/0())');
  });

  it('knows the way to a unit, and goes round no circle', () => {
    expect(unitPathOf(UNITS, 3).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(unitPathOf(UNITS, 9)).toEqual([]);
    expect(unitPathOf([unit(1, 2), unit(2, 1)], 1).length).toBe(20);
  });
});

describe('a statement', () => {
  it('is a correction where it is about the past', () => {
    const now = Date.parse('2026-11-22T08:00:00Z');
    expect(isCorrection(undefined, now)).toBe(false);
    expect(isCorrection('2026-11-22T07:56:00Z', now)).toBe(false);
    expect(isCorrection('2026-11-22T07:54:00Z', now)).toBe(true);
    expect(isCorrection('2026-12-01T00:00:00Z', now)).toBe(false);
  });

  it('has a moment before it, to the microsecond', () => {
    expect(justBefore('2026-11-22T08:00:00.000001Z')).toBe('2026-11-22T08:00:00.000000Z');
    expect(justBefore('2026-11-22T08:00:00.120000Z')).toBe('2026-11-22T08:00:00.119999Z');
    expect(justBefore('2026-11-22T08:00:00.000000Z')).toBe('2026-11-22T07:59:59.999999Z');
  });

  it('changed what is not the same before and after', () => {
    const before = { id: 1, version: 1, name: 'a', note: '', addresses: ['10.0.0.1'], mlps_level: 0, unit_name: 'x' };
    const after = { id: 1, version: 2, name: 'b', addresses: ['10.0.0.1', '10.0.0.2'], hosts: [], mlps_level: 0, unit_name: 'y' };
    expect(differences(before, after)).toEqual([
      { member: 'name', before: 'a', after: 'b' },
      { member: 'addresses', before: ['10.0.0.1'], after: ['10.0.0.1', '10.0.0.2'] },
    ]);
    expect(differences(undefined, { name: 'a' })).toEqual([{ member: 'name', before: undefined, after: 'a' }]);
  });
});

describe('a form', () => {
  it('shows a refusal at the field it is about', () => {
    const fields = ['name', 'addresses'] as const;
    expect(fieldOf("addresses: 'x' is no address", fields)).toBe('addresses');
    expect(fieldOf('name has more than 400 bytes', fields)).toBe('name');
    expect(fieldOf('somebody has it', fields)).toBeUndefined();
    expect(fieldOf('name：不能为空', fields)).toBe('name');
    expect(withoutField('name：不能为空')).toBe('不能为空');
    expect(withoutField("addresses: 'x' is no address")).toBe("'x' is no address");
    expect(withoutField('没有编号为 7 的单位')).toBe('没有编号为 7 的单位');
  });

  it('takes lists as people write them', () => {
    expect(splitList(' 10.0.0.1, 10.0.0.2\n10.0.0.3；a、b ')).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', 'a', 'b']);
    expect(splitList(' ')).toEqual([]);
  });
});

it('asks who had single addresses alone', () => {
  expect(singleAddresses({ addresses: ['10.0.0.1', '10.0.0.0/24', '10.0.0.1-10.0.0.9', '2001:db8::1'] })).toEqual([
    '10.0.0.1',
    '2001:db8::1',
  ]);
});

it('spans from the first holder to now, or to what is still to come', () => {
  const segment = (from: number, until: number) => ({ key: `${from}`, label: '', from, until, open: Number.isNaN(until) });
  const lanes: Lane[] = [{ key: 'a', title: '', segments: [segment(0, 50), segment(50, Number.NaN)] }];
  const now = 1_000_000_000;
  expect(spanOf(lanes, now)).toEqual({ from: 0, to: now * 1.02 });
  lanes.push({ key: 'b', title: '', segments: [segment(10, 2 * now)] });
  expect(spanOf(lanes, now).to).toBe(2 * now * 1.02);
});
