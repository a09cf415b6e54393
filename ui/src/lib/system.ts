// SPDX-License-Identifier: Apache-2.0
// What is wrong with the platform, worst first, and when its disk will be full: from what GET /system says.
import type { System } from '../api/admin-queries';

export type TroubleKind =
  | 'stopped'
  | 'failing'
  | 'store'
  | 'diskCritical'
  | 'diskHigh'
  | 'fullSoon'
  | 'behind'
  | 'restarts'
  | 'certificate';

export interface Trouble {
  kind: TroubleKind;
  /** Of a process; else ''. */
  name: string;
  /** Percent, days or a count, as the words ask for it. */
  value: number;
  /** Of a process that is halted. */
  pid?: number;
  bad: boolean;
}

const DAY_MS = 86_400_000;
export const BEHIND_RECORDS = 50_000;
export const FULL_SOON_DAYS = 30;
export const CERTIFICATE_DAYS = 30;
export const RESTARTS = 3;

const ORDER: readonly TroubleKind[] = [
  'stopped',
  'failing',
  'store',
  'diskCritical',
  'diskHigh',
  'fullSoon',
  'behind',
  'restarts',
  'certificate',
];

type Found = Omit<Trouble, 'bad'>;

function ofProcesses({ processes }: System): Found[] {
  return processes.flatMap(({ name, state, restarts, pid }): Found[] => {
    if (state === 'stopped' || state === 'failing') return [{ kind: state, name, value: restarts, pid }];
    return restarts >= RESTARTS ? [{ kind: 'restarts', name, value: restarts }] : [];
  });
}

function ofDisk({ disk }: System): Found[] {
  if (!disk) return [];
  const { percent, high, critical } = disk;
  if (percent >= critical) return [{ kind: 'diskCritical', name: '', value: percent }];
  if (percent >= high) return [{ kind: 'diskHigh', name: '', value: percent }];
  const days = disk.forecast?.full_in_days;
  return days !== undefined && days < FULL_SOON_DAYS ? [{ kind: 'fullSoon', name: '', value: Math.floor(days) }] : [];
}

function ofCertificate({ certificate, now }: System): Found[] {
  const days = Math.floor((Date.parse(certificate.until) - Date.parse(now)) / DAY_MS);
  return days < CERTIFICATE_DAYS ? [{ kind: 'certificate', name: '', value: days }] : [];
}

const BAD = new Set<TroubleKind>(['stopped', 'failing', 'store', 'diskCritical']);

export function troublesOf(system: System): Trouble[] {
  const { backlog } = system.queue;
  const found: Found[] = [
    ...ofProcesses(system),
    ...(system.store.reachable ? [] : [{ kind: 'store' as const, name: '', value: 0 }]),
    ...ofDisk(system),
    ...(backlog >= BEHIND_RECORDS ? [{ kind: 'behind' as const, name: '', value: backlog }] : []),
    ...ofCertificate(system),
  ];
  return found
    .map((trouble) => ({ ...trouble, bad: BAD.has(trouble.kind) }))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

export type Forecast =
  | { kind: 'unknown' }
  | { kind: 'steady'; seen: number }
  | { kind: 'full' | 'far'; seen: number; days: number };

const FAR_DAYS = 3650;

/** What to say of the disk's future; whole days, and no more than ten years. */
export function forecastOf(disk: NonNullable<System['disk']>): Forecast {
  if (!disk.forecast) return { kind: 'unknown' };
  const { days_seen, full_in_days } = disk.forecast;
  const seen = Math.max(1, Math.round(days_seen));
  if (full_in_days === undefined) return { kind: 'steady', seen };
  const days = Math.floor(full_in_days);
  return days > FAR_DAYS ? { kind: 'far', seen, days: FAR_DAYS } : { kind: 'full', seen, days };
}
