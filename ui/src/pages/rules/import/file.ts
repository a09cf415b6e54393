// SPDX-License-Identifier: Apache-2.0
// What may be uploaded, and what a pack is called by its file.

/** As many bytes as the server takes. */
export const FILE_MAX = 16 * 1024 * 1024;
export const ARCHIVES = /\.(zip|tar|tgz|tar\.(gz|xz|zst|bz2))$/i;

/** Names and versions, as the server has them (rules/settings.h). */
export const PART = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** "SigmaHQ rules.zip" to "sigmahq-rules". */
export const nameOf = (file: string) =>
  file
    .replace(ARCHIVES, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 64);
