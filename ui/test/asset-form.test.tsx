// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { AssetForm } from '../src/components/register/asset-form';
import { History } from '../src/components/register/history';
import type { Asset } from '../src/lib/register';
import { draw, refuse, serve } from './support';

const ASSET: Asset = {
  id: 7,
  version: 3,
  name: 'portal',
  kind: 'web_site',
  addresses: ['10.1.2.3'],
  hosts: [],
  domains: [],
  urls: [],
  macs: [],
  mlps_level: 2,
  life: 'in_service',
  valid_from: '2026-01-01T00:00:00Z',
};
/** The form has many parts: drawing it takes a second, and longer on a busy machine. */
const SLOW = { timeout: 15_000 };
vi.setConfig({ testTimeout: 40_000 });

const UNITS = { 'GET /api/v1/units': { items: [] } };

const type = (label: string, text: string) => fireEvent.change(screen.getByLabelText(label), { target: { value: text } });

it('states what was changed and nothing else, of the version that was seen', async () => {
  const asked = serve({ ...UNITS, 'PATCH /api/v1/assets/7': { ...ASSET, version: 4 } });
  const close = vi.fn();
  draw(<AssetForm asset={ASSET} onClose={close} />);
  type('Addresses', '10.1.2.3\n10.1.2.4');
  type('Purpose', 'the portal');
  fireEvent.click(screen.getByTestId('save'));
  await waitFor(() => expect(close).toHaveBeenCalled(), SLOW);
  const request = asked.find(({ method }) => method === 'PATCH');
  expect(request?.headers.get('If-Match')).toBe('"v3"');
  expect(await request?.json()).toEqual({ addresses: ['10.1.2.3', '10.1.2.4'], purpose: 'the portal' });
});

/** The page follows what somebody else does meanwhile. */
function Live({ onClose }: { onClose: () => void }) {
  const [asset, setAsset] = useState(ASSET);
  return (
    <>
      <button type="button" onClick={() => setAsset({ ...ASSET, version: 4, purpose: 'theirs' })}>
        somebody else
      </button>
      <AssetForm asset={asset} onClose={onClose} />
    </>
  );
}

it('overwrites nothing that came since it was opened', async () => {
  const asked = serve({ ...UNITS, 'PATCH /api/v1/assets/7': ASSET });
  const close = vi.fn();
  draw(<Live onClose={close} />);
  fireEvent.click(screen.getByText('somebody else'));
  type('Note', 'mine');
  fireEvent.click(screen.getByTestId('save'));
  await waitFor(() => expect(close).toHaveBeenCalled(), SLOW);
  const request = asked.find(({ method }) => method === 'PATCH');
  expect(request?.headers.get('If-Match')).toBe('"v3"');
  expect(await request?.json()).toEqual({ note: 'mine' });
});

it('says nothing where nothing was changed', async () => {
  const asked = serve(UNITS);
  const close = vi.fn();
  draw(<AssetForm asset={ASSET} onClose={close} />);
  fireEvent.click(screen.getByTestId('save'));
  await waitFor(() => expect(close).toHaveBeenCalled(), SLOW);
  expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
});

it('shows a refusal at its field, and that somebody was faster', async () => {
  const answers = { ...UNITS, 'PATCH /api/v1/assets/7': refuse(400, "addresses: 'ten' is no address") };
  serve(answers);
  draw(<AssetForm asset={ASSET} onClose={() => {}} />);
  type('Addresses', 'ten');
  fireEvent.click(screen.getByTestId('save'));
  const said = await screen.findByText("'ten' is no address", {}, SLOW);
  expect(said.closest('.ant-form-item')?.querySelector('#addresses')).not.toBeNull();
  answers['PATCH /api/v1/assets/7'] = refuse(412, 'stale');
  fireEvent.click(screen.getByTestId('save'));
  await screen.findByText(/Somebody else has just changed this/, {}, SLOW);
});

it('takes what is known of something unregistered into a new one', async () => {
  const asked = serve({ ...UNITS, 'POST /api/v1/assets': ASSET });
  const close = vi.fn();
  draw(<AssetForm proposal={{ name: 'pc', kind: 'host', addresses: ['10.9.9.9'], life: 'unowned' }} onClose={close} />);
  fireEvent.click(screen.getByTestId('save'));
  await waitFor(() => expect(close).toHaveBeenCalled(), SLOW);
  const body = await asked.find(({ method }) => method === 'POST')?.json();
  expect(body).toMatchObject({ name: 'pc', kind: 'host', addresses: ['10.9.9.9'], life: 'unowned', unit: null });
});

it('tells what a statement changed from what was known before and after it', async () => {
  const asked = serve({});
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request);
    const known = new URL(request.url).searchParams.get('known') ?? '';
    return Response.json({ ...ASSET, purpose: known.endsWith('.000007Z') ? 'new' : 'old', items: [] });
  });
  const change = {
    version: 2,
    action: 'update' as const,
    at: '2026-11-22T08:00:00.000007Z',
    by: 'li',
    reason: 'it was so',
    valid_from: '2026-10-01T00:00:00.000000Z',
    past: true,
  };
  draw(<History kind="assets" id={7} changes={[change]} />);
  expect((await screen.findByText('new')).tagName).toBe('INS');
  expect(screen.getByText('old').tagName).toBe('DEL');
  screen.getByText('Corrected');
  screen.getByText('Reason: it was so');
  const times = asked.map(({ url }) => new URL(url).searchParams).filter((query) => query.has('known'));
  expect(times.map((query) => [query.get('at'), query.get('known')])).toEqual([
    ['2026-10-01T00:00:00.000000Z', '2026-11-22T08:00:00.000006Z'],
    ['2026-10-01T00:00:00.000000Z', '2026-11-22T08:00:00.000007Z'],
  ]);
});
