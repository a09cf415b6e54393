// SPDX-License-Identifier: Apache-2.0
// The retention policy as people read it.
import type { Retention } from '../api/admin-queries';

export type RetentionClass = Retention['classes'][number];

export const folderOf = (path: string) => path.replace(/\/[^/]*$/, '') || '/';

/** A shell takes it for one word. */
export const shellWord = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The commands of the archive, for this data folder. */
export const commandsOf = ({ settings_file }: Pick<Retention, 'settings_file'>) => {
  const data = shellWord(folderOf(settings_file));
  return {
    verify: `wanglou audit verify --data ${data}`,
    override: `wanglou audit override --data ${data} --until 2026-12-31 --days 90 --reason '…'`,
  };
};

/** What goes next: of the classes that hold something, the one whose oldest records go first. */
export function goesNext(classes: readonly RetentionClass[]): RetentionClass | undefined {
  return classes
    .filter(({ goes }) => goes !== undefined)
    .sort((a, b) => Date.parse(a.goes ?? '') - Date.parse(b.goes ?? ''))[0];
}
