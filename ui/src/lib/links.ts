// SPDX-License-Identifier: Apache-2.0
// Where things have their page. What a page shows beyond that is in lib/url-state.ts.

/** What everything can be asked about: an address, an account, a host, a hash of a file, a domain. */
export const ENTITY_KINDS = ['ip', 'user', 'host', 'hash', 'domain'] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

const part = encodeURIComponent;

export const entityPath = (kind: EntityKind, value: string) => `/entity/${kind}/${part(value)}`;
export const alertPath = (id: string) => `/alerts/${part(id)}`;
export const incidentPath = (id: number) => `/incidents/${id}`;
export const rectificationPath = (id: number) => `/rectifications/${id}`;
export const assetPath = (id: number) => `/assets/${id}`;
/** A form for an asset of that address. */
export const newAssetPath = (address: string) => `/assets?new=${encodeURIComponent(address)}`;
export const unitPath = (id: number) => `/units/${id}`;
export const personPath = (id: number) => `/people/${id}`;
export const sourcePath = (id: string) => `/sources/${part(id)}`;
export const rulePath = (id: string) => `/rules/${part(id)}`;
export const packPath = (name: string) => `/rules/packs/${part(name)}`;
export const packImportPath = (name?: string) => (name ? `/rules/import?name=${part(name)}` : '/rules/import');
export const newRulePath = (query: string) => `/rules/new?q=${part(query)}`;
export const newExceptionPath = (rule: string, alert: string) =>
  `${rulePath(rule)}?tab=exceptions&alert=${part(alert)}`;
