// SPDX-License-Identifier: Apache-2.0
import { act, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { useRuleTitle } from '../src/components/rule-title';
import i18n, { setLanguage } from '../src/i18n';

function Titles() {
  const titleOf = useRuleTitle();
  return (
    <p>
      {titleOf('Password guessing', '口令猜测')}, {titleOf('Foreign rule', undefined)}
    </p>
  );
}

afterEach(() => act(() => setLanguage('zh-CN')));

test('a rule has its Chinese title in Chinese, where it has one', async () => {
  render(<Titles />);
  expect(i18n.language).toBe('zh-CN');
  expect(screen.queryByText('口令猜测, Foreign rule')).not.toBeNull();
  await act(() => setLanguage('en'));
  expect(screen.queryByText('Password guessing, Foreign rule')).not.toBeNull();
});
