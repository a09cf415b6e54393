// SPDX-License-Identifier: Apache-2.0
// Makes a key that is not in the locale a type error.
import 'i18next';
import type zhCN from './locales/zh-CN';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof zhCN };
  }
}
