// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatRate,
  valueText,
} from '../src/lib/format';

it('counts are grouped', () => {
  expect(formatCount(1234567, 'en')).toBe('1,234,567');
  expect(formatCompact(123456, 'zh-CN')).toBe('12.3万');
  expect(formatCompact(123456, 'en')).toBe('123.5K');
});

it('rates lose their fraction when they are large', () => {
  expect(formatRate(0.44, 'en')).toBe('0.4');
  expect(formatRate(412.6, 'en')).toBe('413');
});

it.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1 KiB'],
  [48_400_100, '46.2 MiB'],
  [2 ** 62, '4,096 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes, 'en')).toBe(text);
});

it.each([
  [-3, '0 seconds'],
  [0.4, '0 seconds'],
  [59, '59 seconds'],
  [184.2, '3 minutes'],
  [7200, '2 hours'],
  [200_000, '2 days'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds, 'en')).toBe(text);
});

it('any value has a text', () => {
  expect(valueText(undefined)).toBe('');
  expect(valueText(0)).toBe('0');
  expect(valueText(false)).toBe('false');
  expect(valueText(['a'])).toBe('["a"]');
});
