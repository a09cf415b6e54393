// SPDX-License-Identifier: Apache-2.0
// What the techniques of ATT&CK are called. The table changes with the release alone: it is asked for once.
import { useQuery } from '@tanstack/react-query';
import { api, unwrap } from './client';
import type { components } from './schema';

export type Technique = components['schemas']['Technique'];

async function getTechniques(): Promise<ReadonlyMap<string, Technique>> {
  const { items } = await unwrap(api.GET('/techniques'));
  return new Map(items.map((technique) => [technique.id, technique]));
}

export const useTechniques = () =>
  useQuery({
    queryKey: ['techniques'],
    queryFn: getTechniques,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
