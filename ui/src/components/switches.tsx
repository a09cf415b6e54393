// SPDX-License-Identifier: Apache-2.0
import { MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language, setLanguage } from '../i18n';
import { useTheme } from '../theme';

/** Each language under its own name, as its speakers look for it. */
const NAMES: Record<Language, string> = { 'zh-CN': '中文', en: 'English' };

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const other = LANGUAGES.find((language) => language !== i18n.language) ?? 'zh-CN';
  return (
    <Button
      type="text"
      size="small"
      icon={<TranslationOutlined />}
      onClick={() => setLanguage(other)}
      aria-label={t('app.language', { name: NAMES[other] })}
      data-testid="language"
    >
      {NAMES[other]}
    </Button>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { name, toggle } = useTheme();
  const label = t(name === 'dark' ? 'app.toLight' : 'app.toDark');
  return (
    <Button
      type="text"
      size="small"
      icon={name === 'dark' ? <SunOutlined /> : <MoonOutlined />}
      onClick={toggle}
      aria-label={label}
      title={label}
      data-testid="theme"
    />
  );
}
