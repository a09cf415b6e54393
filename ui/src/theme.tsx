// SPDX-License-Identifier: Apache-2.0
// Dark and light. The colours of our own elements are CSS variables in app.css, switched by data-theme;
// Ant Design gets the few it derives all others from.
import { type ThemeConfig, theme } from 'antd';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { recall, remember } from './lib/storage';

export type ThemeName = 'light' | 'dark';

/** Denser and quieter than Ant Design's own. */
const COMPONENTS = {
  Table: { cellPaddingBlockSM: 5 },
  Drawer: { padding: 12, paddingLG: 20 },
  Button: { primaryShadow: 'none', defaultShadow: 'none' },
};

const COMMON = {
  fontSize: 13,
  fontSizeSM: 12,
  controlHeight: 30,
  borderRadius: 4,
  motion: false,
  fontFamily: 'var(--font)',
  fontFamilyCode: 'var(--mono)',
};

export const ANT_THEMES: Record<ThemeName, ThemeConfig> = {
  light: {
    algorithm: theme.defaultAlgorithm,
    components: COMPONENTS,
    token: {
      ...COMMON,
      colorPrimary: '#1c5a9e',
      colorLink: '#1c5a9e',
      colorTextPlaceholder: '#5a6573',
      colorTextDescription: '#5a6573',
      colorError: '#b0152c',
      colorTextBase: '#18202b',
      colorBgLayout: '#f3f5f7',
    },
  },
  dark: {
    algorithm: theme.darkAlgorithm,
    components: {
      ...COMPONENTS,
      // What bears white text is too dark to be a text itself, and the other way round. Here, and not in the
      // tokens below, from which the algorithm makes darker ones.
      Button: {
        ...COMPONENTS.Button,
        colorLink: '#6eabe3',
        colorLinkHover: '#8fc0ee',
        colorLinkActive: '#8fc0ee',
        colorPrimaryHover: '#326ba6',
        colorPrimaryActive: '#2c5f94',
        defaultHoverColor: '#8fc0ee',
        defaultHoverBorderColor: '#8fc0ee',
        defaultActiveColor: '#8fc0ee',
        defaultActiveBorderColor: '#8fc0ee',
      },
      Radio: { colorPrimary: '#6eabe3', colorPrimaryHover: '#8fc0ee', colorPrimaryActive: '#8fc0ee' },
      Tabs: { itemSelectedColor: '#6eabe3', itemHoverColor: '#8fc0ee', inkBarColor: '#6eabe3' },
    },
    token: {
      ...COMMON,
      colorPrimary: '#3a78b8',
      colorLink: '#6eabe3',
      colorTextPlaceholder: '#98a4b3',
      colorTextDescription: '#98a4b3',
      colorTextBase: '#e6ebf1',
      colorBgLayout: '#0e1217',
      colorBgContainer: '#151a21',
      colorBgElevated: '#1a2029',
      colorBorder: '#323b47',
      colorBorderSecondary: '#212832',
    },
  },
};

interface ThemeChoice {
  name: ThemeName;
  toggle: () => void;
}

const Context = createContext<ThemeChoice>({ name: 'light', toggle: () => {} });

export const useTheme = () => useContext(Context);

/** Before the components are drawn, since charts read the colours while they are. */
function show(name: ThemeName): ThemeName {
  document.documentElement.dataset.theme = name;
  return name;
}

function firstChoice(): ThemeName {
  const chosen = recall('theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [name, setName] = useState(() => show(firstChoice()));
  const choice = useMemo(() => {
    const other = name === 'dark' ? 'light' : 'dark';
    const toggle = () => {
      remember('theme', other);
      setName(show(other));
    };
    return { name, toggle };
  }, [name]);
  return <Context value={choice}>{children}</Context>;
}

/** The present value of a CSS variable, for the canvas of a chart. */
export const cssColor = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
