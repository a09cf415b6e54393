// SPDX-License-Identifier: Apache-2.0
// The words of the situation, and where its numbers lead.
import type { Level } from '../api/types';
import { OPEN_STATES } from '../api/types';
import { alertsPath } from './url-state';

/** The gravest first, as they are told; 0 is not graded. */
export const GRADES = [1, 2, 3, 4, 0] as const;
export type Grade = (typeof GRADES)[number];

export interface OpenGrade {
  grade: Grade;
  count: number;
}

/** by_level as the server sends it: not graded, then 1 to 4. */
export const openGrades = (byLevel: readonly number[]): OpenGrade[] =>
  GRADES.map((grade) => ({ grade, count: byLevel[grade] ?? 0 })).filter(({ count }) => count > 0);

export const gradeOf = ({ level, level_proposed }: { level?: number; level_proposed?: number }): Grade =>
  GRADES.find((grade) => grade === (level || level_proposed)) ?? 0;

const SMALL = ['零', '一', '两', '三', '四', '五', '六', '七', '八', '九', '十'] as const;

/** As a sentence has it: 两起, 12 起; in English figures. */
export function countWord(count: number, language: string): string {
  const small = language === 'zh-CN' ? SMALL[count] : undefined;
  return small ?? new Intl.NumberFormat(language).format(count);
}

const query = (path: string, values: Record<string, string | number | undefined>) => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) params.set(key, String(value));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
};

export const gradePath = (grade: Grade) => query('/incidents', { level: grade });
export const unitIncidentsPath = (unit: number) => query('/incidents', { unit });
export const newIncidentsPath = () => query('/incidents', { status: 'new' });
export const overduePath = (page: 'incidents' | 'rectifications') =>
  query(`/${page}`, { overdue: 'true' });

const GRAVE: readonly Level[] = ['critical', 'high'];

export const unseenPath = () => alertsPath({ level: [...GRAVE], status: ['new'] });
export const openAlertsPath = () => alertsPath({ status: OPEN_STATES });

/** Change against the week before in whole per cent; undefined where there is nothing to compare with. */
export const change = (now: number, before: number): number | undefined =>
  before > 0 ? Math.round((100 * (now - before)) / before) : undefined;
