// SPDX-License-Identifier: Apache-2.0
// Countries and provinces by code and name, and counts of them as a map shows them.
import type { Count } from '../api/types';

/** Names of the shipped map that are not those of Intl.DisplayNames. */
const SHORT_NAMES: Record<string, string> = {
  'W. Sahara': 'EH',
  Aland: 'AX',
  'Fr. S. Antarctic Lands': 'TF',
  'Antigua and Barb.': 'AG',
  'Bosnia and Herz.': 'BA',
  'Central African Rep.': 'CF',
  'Dem. Rep. Congo': 'CD',
  Congo: 'CG',
  'Cayman Is.': 'KY',
  'N. Cyprus': 'CY',
  'Czech Rep.': 'CZ',
  'Dominican Rep.': 'DO',
  'Falkland Is.': 'FK',
  'Faeroe Is.': 'FO',
  'Eq. Guinea': 'GQ',
  'Heard I. and McDonald Is.': 'HM',
  'Br. Indian Ocean Ter.': 'IO',
  Korea: 'KR',
  'Dem. Rep. Korea': 'KP',
  'Lao PDR': 'LA',
  Macedonia: 'MK',
  Myanmar: 'MM',
  'N. Mariana Is.': 'MP',
  Palestine: 'PS',
  'Fr. Polynesia': 'PF',
  'S. Sudan': 'SS',
  'S. Geo. and S. Sandw. Is.': 'GS',
  'Saint Helena': 'SH',
  'Saint Lucia': 'LC',
  'Solomon Is.': 'SB',
  'St. Pierre and Miquelon': 'PM',
  'São Tomé and Principe': 'ST',
  Swaziland: 'SZ',
  'Turks and Caicos Is.': 'TC',
  'Trinidad and Tobago': 'TT',
  Turkey: 'TR',
  'St. Vin. and Gren.': 'VC',
  'U.S. Virgin Is.': 'VI',
  'Cape Verde': 'CV',
  "Côte d'Ivoire": 'CI',
  'Siachen Glacier': '',
};

const LETTERS = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
let byName: Map<string, string> | undefined;

/** The code (ISO 3166-1) of a country's English name; undefined for what is none. */
export function countryOf(name: string): string | undefined {
  if (!byName) {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    byName = new Map();
    for (const a of LETTERS)
      for (const b of LETTERS) {
        const found = names.of(a + b);
        if (found && !byName.has(found)) byName.set(found, a + b);
      }
  }
  return SHORT_NAMES[name] ?? byName.get(name);
}

const OF_CHINA: Record<string, readonly [chinese: string, english: string]> = {
  TW: ['中国台湾', 'Taiwan, China'],
  HK: ['中国香港', 'Hong Kong, China'],
  MO: ['中国澳门', 'Macao, China'],
};

export function countryName(code: string, language: string): string {
  const own = OF_CHINA[code];
  if (own) return own[language === 'zh-CN' ? 0 : 1];
  try {
    return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code;
  } catch {
    return code; // no code at all
  }
}

/** Code of GB/T 2260, letters of ISO 3166-2, name in Chinese and English. */
const PROVINCES: readonly (readonly [code: string, letters: string, chinese: string, english: string])[] = [
  ['11', 'BJ', '北京', 'Beijing'],
  ['12', 'TJ', '天津', 'Tianjin'],
  ['13', 'HE', '河北', 'Hebei'],
  ['14', 'SX', '山西', 'Shanxi'],
  ['15', 'NM', '内蒙古', 'Inner Mongolia'],
  ['21', 'LN', '辽宁', 'Liaoning'],
  ['22', 'JL', '吉林', 'Jilin'],
  ['23', 'HL', '黑龙江', 'Heilongjiang'],
  ['31', 'SH', '上海', 'Shanghai'],
  ['32', 'JS', '江苏', 'Jiangsu'],
  ['33', 'ZJ', '浙江', 'Zhejiang'],
  ['34', 'AH', '安徽', 'Anhui'],
  ['35', 'FJ', '福建', 'Fujian'],
  ['36', 'JX', '江西', 'Jiangxi'],
  ['37', 'SD', '山东', 'Shandong'],
  ['41', 'HA', '河南', 'Henan'],
  ['42', 'HB', '湖北', 'Hubei'],
  ['43', 'HN', '湖南', 'Hunan'],
  ['44', 'GD', '广东', 'Guangdong'],
  ['45', 'GX', '广西', 'Guangxi'],
  ['46', 'HI', '海南', 'Hainan'],
  ['50', 'CQ', '重庆', 'Chongqing'],
  ['51', 'SC', '四川', 'Sichuan'],
  ['52', 'GZ', '贵州', 'Guizhou'],
  ['53', 'YN', '云南', 'Yunnan'],
  ['54', 'XZ', '西藏', 'Tibet'],
  ['61', 'SN', '陕西', 'Shaanxi'],
  ['62', 'GS', '甘肃', 'Gansu'],
  ['63', 'QH', '青海', 'Qinghai'],
  ['64', 'NX', '宁夏', 'Ningxia'],
  ['65', 'XJ', '新疆', 'Xinjiang'],
  ['71', 'TW', '台湾', 'Taiwan'],
  ['81', 'HK', '香港', 'Hong Kong'],
  ['82', 'MO', '澳门', 'Macao'],
];

/** "CN-33" of a name ("浙江", "浙江省") or of a code ("CN-ZJ"). */
export function provinceOf(text: string): string | undefined {
  const code = text.startsWith('CN-') ? text.slice(3) : '';
  const found = PROVINCES.find(([number, letters, chinese]) =>
    code ? code === number || code === letters : text.startsWith(chinese),
  );
  return found && `CN-${found[0]}`;
}

export function provinceName(id: string, language: string): string {
  const found = PROVINCES.find(([number]) => id === `CN-${number}`);
  return found ? found[language === 'zh-CN' ? 2 : 3] : id;
}

const sum = (counts: readonly Count[]) => counts.reduce((all, { count }) => all + count, 0);

function gathered(entries: readonly (readonly [string, number])[]): Count[] {
  const all = new Map<string, number>();
  for (const [key, count] of entries) all.set(key, (all.get(key) ?? 0) + count);
  return [...all].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count);
}

/** For the map of the world, on which China is one. */
export const byCountry = (counts: readonly Count[]): Count[] =>
  gathered(counts.map(({ key, count }) => [OF_CHINA[key] ? 'CN' : key, count]));

export interface OfChina {
  provinces: Count[];
  /** Of the mainland, and of no province that is known. */
  elsewhere: number;
}

/** Provinces where they are known; those that have a code of a country of their own are known by it. */
export function byProvince(countries: readonly Count[], regions: readonly Count[]): OfChina {
  const provinces = gathered([
    ...regions.flatMap(({ key, count }) => {
      const id = provinceOf(key);
      return id ? [[id, count] as const] : [];
    }),
    ...countries.flatMap(({ key, count }) =>
      OF_CHINA[key] ? [[provinceOf(`CN-${key}`) ?? key, count] as const] : [],
    ),
  ]);
  const inside = sum(countries.filter(({ key }) => key === 'CN' || OF_CHINA[key]));
  return { provinces, elsewhere: Math.max(0, inside - sum(provinces)) };
}
