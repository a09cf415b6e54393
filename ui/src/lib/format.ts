// SPDX-License-Identifier: Apache-2.0
// Numbers for people, in the language the console speaks.

export const formatCount = (n: number, language: string) => new Intl.NumberFormat(language).format(n);

/** For axes and small places: 12万, 120K. */
export const formatCompact = (n: number, language: string) =>
  new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(n);

export const formatRate = (n: number, language: string) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: n < 10 ? 1 : 0 }).format(n);

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

export function formatBytes(n: number, language: string): string {
  const power = n < 1 ? 0 : Math.min(Math.floor(Math.log2(n) / 10), BYTE_UNITS.length - 1);
  const digits = new Intl.NumberFormat(language, { maximumFractionDigits: power === 0 ? 0 : 1 });
  return `${digits.format(n / 1024 ** power)} ${BYTE_UNITS[power]}`;
}

const DURATION_UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "3 分钟", "2 hours": the largest unit only. */
export function formatDuration(seconds: number, language: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = DURATION_UNITS.find(([, s]) => whole >= s) ?? DURATION_UNITS[3];
  const value = Math.floor(whole / size);
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** Any value of an event as text. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** "1小时12分钟", "2 days 3 hours": the two largest units. */
export function formatSpan(seconds: number, language: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = DURATION_UNITS.findIndex(([, size]) => whole >= size);
  const at = first < 0 ? DURATION_UNITS.length - 1 : first;
  const [, size] = DURATION_UNITS[at] ?? DURATION_UNITS[3];
  const rest = whole % size;
  const next = DURATION_UNITS[at + 1];
  const large = formatDuration(whole, language);
  if (!next || next[0] === 'second' || rest < next[1]) return large;
  return large + (language === 'zh-CN' ? '' : ' ') + formatDuration(rest - (rest % next[1]), language);
}
