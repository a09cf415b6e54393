// SPDX-License-Identifier: Apache-2.0
import type { Status } from '../api/types';

export type HealthState = 'good' | 'behind' | 'bad' | 'unknown';

/** From this age on, what the screen shows is called old. Less is the pipeline's normal batching. */
export const STALE_SECONDS = 30;

export function healthOf(status: Status | undefined, failed: boolean): HealthState {
  if (failed) return 'bad';
  if (!status) return 'unknown';
  if (!status.store.reachable) return 'bad';
  if (status.processes.some(({ state }) => state === 'failing' || state === 'stopped')) return 'bad';
  return status.stale_seconds >= STALE_SECONDS ? 'behind' : 'good';
}
