// SPDX-License-Identifier: Apache-2.0
// The line above a list of the register: words to look for, what else narrows it, and the way back.
import { Button, Input } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  words: string;
  onWords: (words: string) => void;
  placeholder: string;
  /** Takes all off; absent where nothing narrows the list. */
  onClear?: () => void;
  testId: string;
  children?: ReactNode;
}

export function WordsFilter({ words, onWords, placeholder, onClear, testId, children }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(words);
  useEffect(() => setTyped(words), [words]);
  return (
    <search className="filters">
      <Input.Search
        className="filter-text"
        value={typed}
        maxLength={200}
        allowClear
        placeholder={placeholder}
        aria-label={placeholder}
        onChange={(event) => setTyped(event.target.value)}
        onSearch={(text) => onWords(text.trim())}
        data-testid={testId}
      />
      {children}
      {onClear && (
        <Button type="link" size="small" onClick={onClear} data-testid={`${testId}-clear`}>
          {t('alerts.clear')}
        </Button>
      )}
    </search>
  );
}
