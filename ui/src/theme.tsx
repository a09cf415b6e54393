// SPDX-License-Identifier: Apache-2.0
// Dark and light. The colours of our own elements are CSS variables in app.css, switched by data-theme;
// Ant Design gets the few it derives all others from.
import { type ThemeConfig, theme } from 'antd';
import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useState } from 'react';
import { recall, remember } from './lib/storage';

export type ThemeName = 'light' | 'dark';

/** Denser than Ant Design's small tables. */
const TABLE = { cellPaddingBlockSM: 5 };

const COMMON = {
  fontSize: 13,
  controlHeight: 30,
  borderRadius: 4,
  motion: false,
  fontFamily: 'var(--font)',
  fontFamilyCode: 'var(--mono)',
};

export const ANT_THEMES: Record<ThemeName, ThemeConfig> = {
  light: {
    algorithm: theme.defaultAlgorithm,
    components: { Table: TABLE },
    token: { ...COMMON, colorPrimary: '#1c5a9e', colorTextBase: '#18202b', colorBgLayout: '#f3f5f7' },
  },
  dark: {
    algorithm: theme.darkAlgorithm,
    components: { Table: TABLE },
    token: { ...COMMON, colorPrimary: '#5b9bd8', colorTextBase: '#e6ebf1', colorBgBase: '#151a21' },
  },
};

interface ThemeChoice {
  name: ThemeName;
  toggle: () => void;
}

const Context = createContext<ThemeChoice>({ name: 'light', toggle: () => {} });

export const useTheme = () => useContext(Context);

function firstChoice(): ThemeName {
  const chosen = recall('theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [name, setName] = useState(firstChoice);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = name;
  }, [name]);
  const choice = useMemo(() => {
    const other = name === 'dark' ? 'light' : 'dark';
    const toggle = () => {
      remember('theme', other);
      setName(other);
    };
    return { name, toggle };
  }, [name]);
  return <Context value={choice}>{children}</Context>;
}

/** The present value of a CSS variable, for the canvas of a chart. */
export const cssColor = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
