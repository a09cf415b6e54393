// SPDX-License-Identifier: Apache-2.0
import { act, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { setLanguage } from '../src/i18n';
import { failureOf } from '../src/lib/delivery';
import { WhyNot } from '../src/pages/channels/why-not';

it.each([
  ['Could not resolve host: mail.example.edu.cn', 'noHost', 'mail.example.edu.cn'],
  ['Failed to connect to 127.0.0.1 port 2525 after 0 ms: Couldn’t connect to server', 'noConnection', '127.0.0.1 port 2525'],
  ['Connection timed out after 10001 milliseconds', 'timeout', ''],
  ['SSL certificate problem: self-signed certificate', 'certificate', ''],
  ['STARTTLS denied, code 454', 'unencrypted', ''],
  ['the mail server answered 535: Login denied', 'login', ''],
  ['the mail server answered 550: RCPT failed: 550', 'receiver', ''],
  ["'nobody' is no mail address", 'receiver', 'nobody'],
  ['the mail server answered 451: MAIL failed: 451', 'mailServer', '451'],
  ['the robot answered 310000 keywords not in content', 'robot', '310000'],
  ['the answer is none of a robot', 'noRobot', ''],
  ['the other side answered HTTP 404', 'notFound', ''],
  ['the other side answered HTTP 502', 'http', '502'],
  ['a part of the message is too large', 'tooLarge', ''],
  ["there is no channel 'duty-room'", 'noChannel', 'duty-room'],
  ['more than 20 a minute', 'tooOften', '20'],
])('%s is %s', (error, fault, what) => {
  expect(failureOf(error)).toEqual({ fault, what });
});

it('what nobody knows is shown as it stands', () => {
  expect(failureOf('something new')).toBeUndefined();
  const { container, rerender } = render(<WhyNot error="something new" />);
  expect(container.textContent).toBe('something new');
  rerender(<WhyNot error={undefined} />);
  expect(container.textContent).toBe('');
});

it('a fault is told in Chinese beside what was said', async () => {
  await act(() => setLanguage('zh-CN'));
  render(<WhyNot error="Could not resolve host: mail.example.edu.cn" />);
  expect(screen.getByTestId('fault-noHost').textContent).toContain('找不到主机 mail.example.edu.cn');
  expect(screen.queryByText('Could not resolve host: mail.example.edu.cn')).not.toBeNull();
});
