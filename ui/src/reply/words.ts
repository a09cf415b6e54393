// SPDX-License-Identifier: Apache-2.0
// The page of a unit has its own few words, so that it loads nothing of the console. Chinese unless chosen otherwise.
import { createContext, useContext } from 'react';
import en from '../locales/reply.en.json';
import zhCN from '../locales/reply.zh-CN.json';

export type Word = keyof typeof zhCN;
export type Language = 'zh-CN' | 'en';

const WORDS: Record<Language, Record<Word, string>> = { 'zh-CN': zhCN, en };

export interface Speech {
  language: Language;
  say: (word: Word, values?: Record<string, string | number>) => string;
  time: (text: string | undefined) => string;
}

export function speechOf(language: Language): Speech {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    language,
    say: (word, values = {}) =>
      WORDS[language][word].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)),
    time: (text) => (text ? format.format(new Date(text)) : ''),
  };
}

export const SpeechContext = createContext<Speech>(speechOf('zh-CN'));
export const useSpeech = () => useContext(SpeechContext);

/** 7 days, 5 hours, overdue: how a deadline stands against the server's clock. */
export function standing(now: string, deadline: string): { word: Word; values: Record<string, number> } {
  const hours = (Date.parse(deadline) - Date.parse(now)) / 3_600_000;
  if (hours >= 48) return { word: 'daysLeft', values: { days: Math.floor(hours / 24) } };
  if (hours >= 0) return { word: 'hoursLeft', values: { hours: Math.ceil(hours) } };
  const days = Math.floor(-hours / 24);
  return days ? { word: 'overdueBy', values: { days } } : { word: 'overdueToday', values: {} };
}
