// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Gate } from '../src/pages/gate';
import { draw, refuse, serve } from './support';

const SESSION = {
  username: 'admin',
  role: 'system_administrator',
  permissions: ['self', 'account.manage'],
  csrf_token: 't',
  must_change_password: true,
  second_factor: false,
};

const type = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

async function signIn() {
  draw(<Gate />);
  await screen.findByTestId('sign-in');
  type('User name', 'admin');
  type('Password', 'secret');
  fireEvent.click(screen.getByTestId('sign-in'));
}

it('says what to do about a wrong password', async () => {
  serve({
    'GET /api/v1/session': refuse(401, 'sign in first'),
    'POST /api/v1/session': refuse(401, 'wrong'),
  });
  await signIn();
  expect((await screen.findByRole('alert')).textContent).toContain('Check upper and lower case');
});

it('says what to do about too many attempts', async () => {
  serve({
    'GET /api/v1/session': refuse(401, 'sign in first'),
    'POST /api/v1/session': refuse(429, 'slow down'),
  });
  await signIn();
  expect((await screen.findByRole('alert')).textContent).toContain('Wait a minute');
});

it('asks for a password of one’s own, twice and long enough', async () => {
  const asked = serve({
    'GET /api/v1/session': refuse(401, 'sign in first'),
    'POST /api/v1/session': SESSION,
    'POST /api/v1/password': new Response(null, { status: 204 }),
  });
  await signIn();
  await screen.findByTestId('change-password');
  const change = () => fireEvent.click(screen.getByTestId('change-password'));
  const posted = () => asked.filter((request) => request.url.endsWith('/password'));
  type('Current password', 'secret');
  type(/^New password \(/, 'too short');
  type('New password again', 'other');
  change();
  await screen.findByText('The two new passwords differ');
  expect(posted()).toHaveLength(0);
  type(/^New password \(/, 'long enough for this');
  type('New password again', 'long enough for this');
  change();
  await waitFor(() => expect(posted()).toHaveLength(1));
  expect(await posted()[0]?.json()).toEqual({ current: 'secret', new: 'long enough for this' });
  expect(posted()[0]?.headers.get('X-CSRF-Token')).toBe('t');
});

it('tells that Caps Lock is on', async () => {
  serve({ 'GET /api/v1/session': refuse(401, 'sign in first') });
  draw(<Gate />);
  const password = await screen.findByLabelText('Password');
  expect(screen.queryByText('Caps Lock is on')).toBeNull();
  const press = new KeyboardEvent('keydown', { key: 'A', bubbles: true });
  Object.defineProperty(press, 'getModifierState', { value: (name: string) => name === 'CapsLock' });
  fireEvent(password, press);
  await screen.findByText('Caps Lock is on');
});

it('asks for a code where there is a second factor, and says what is wrong with it', async () => {
  const asked = serve({
    'GET /api/v1/session': refuse(401, 'sign in first'),
    'POST /api/v1/session': { second_factor: 'required', token: 'tok', expires_in: 300 },
    'POST /api/v1/session/second-factor': refuse(401, 'wrong', { code: 'bad_code' }),
  });
  await signIn();
  await screen.findByTestId('sign-in-code');
  type('Code or recovery code', '123456');
  fireEvent.click(screen.getByTestId('sign-in-code'));
  expect((await screen.findByRole('alert')).textContent).toContain('used already');
  const sent = asked.find((request) => request.url.endsWith('/second-factor'));
  expect(await sent?.json()).toEqual({ token: 'tok', code: '123456' });
});

it('lets nobody pass whose second factor is due', async () => {
  serve({
    'GET /api/v1/session': {
      ...SESSION,
      must_change_password: false,
      second_factor_due: '2020-01-01T00:00:00Z',
    },
  });
  draw(<Gate />);
  await screen.findByText('Your role needs a second factor. Set it up to go on.');
});
