// SPDX-License-Identifier: Apache-2.0
// Writing Sigma rules: a template, and what a simple search becomes as one.

/** A text as YAML writes it: quoted unless nothing in it could mean anything. */
export const yamlText = (text: string) => (/^[A-Za-z\u4e00-\u9fff][\w \u4e00-\u9fff./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text));

export interface Condition {
  field: string;
  value: string;
  not: boolean;
}

const TERM = /^(not\s+)?([\w@.-]+|"(?:\\.|[^"\\])+")\s*:\s*("(?:\\.|[^"\\])*"|[^\s()":<>]+)$/i;

const unquote = (text: string) =>
  text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;

/** Wildcards of a quoted value are plain characters; Sigma's own are escaped. */
function valueOf(text: string): string {
  return text.startsWith('"') ? unquote(text).replace(/([*?])/g, '\\$1') : text;
}

/** Splits at "and" outside quotes. */
function splitAnd(query: string): string[] {
  const tokens = query.match(/"(?:\\.|[^"\\])*"|[^"]+/g) ?? [];
  let parts = [''];
  for (const token of tokens) {
    const [head = '', ...rest] = token.startsWith('"') ? [token] : token.split(/\s+and\s+/i);
    parts = [...parts.slice(0, -1), (parts.at(-1) ?? '') + head, ...rest];
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** The conditions of a search that is a plain conjunction of terms; undefined where it is anything else. */
export function conjunction(query: string): Condition[] | undefined {
  const found = splitAnd(query).map((part) => {
    const term = TERM.exec(part);
    if (!term?.[2] || term[3] === undefined) return undefined;
    return { not: Boolean(term[1]), field: unquote(term[2]), value: valueOf(term[3]) };
  });
  const conditions = found.filter((condition) => condition !== undefined);
  return conditions.length > 0 && conditions.length === found.length ? conditions : undefined;
}

const NUMBER = /^-?\d{1,15}$/;

function selection(name: string, conditions: readonly Condition[]): string[] {
  if (conditions.length === 0) return [];
  const byField = new Map<string, string[]>();
  for (const { field, value } of conditions) byField.set(field, [...(byField.get(field) ?? []), value]);
  const written = (value: string) => (NUMBER.test(value) ? value : JSON.stringify(value));
  const lines = [...byField].flatMap(([field, values]) =>
    values.length === 1
      ? [`    ${field}: ${written(values[0] ?? '')}`]
      : [`    ${field}|all:`, ...values.map((value) => `      - ${written(value)}`)],
  );
  return [`  ${name}:`, ...lines];
}

/** Each condition that must not hold is a selection of its own: they are left out one by one. */
function detection(conditions: readonly Condition[]): string[] {
  const wanted = conditions.filter(({ not }) => !not);
  const unwanted = conditions.filter(({ not }) => not);
  const filters = unwanted.flatMap((condition, i) => selection(`filter_${i + 1}`, [condition]));
  const parts = [
    ...(wanted.length > 0 ? ['selection'] : []),
    ...(unwanted.length > 0 ? ['not 1 of filter_*'] : []),
  ];
  return ['detection:', ...selection('selection', wanted), ...filters, `  condition: ${parts.join(' and ')}`];
}

const DATASET = 'event.dataset';

/** Which log sources a source's events may have. */
export interface Origin {
  id: string;
  products: readonly string[];
  categories: readonly string[];
  services: readonly string[];
}

/** What a rule for the events of that source states: what they have in common, else one of what they may be. */
function logsource(origin: Origin | undefined): string[] {
  if (!origin) return ['  category: authentication'];
  const { products, categories, services } = origin;
  const parts = [
    ['product', products],
    ['category', categories],
    ['service', services],
  ] as const;
  const sure = parts.filter(([, names]) => names.length === 1);
  const chosen = sure.length > 0 ? sure : parts.filter(([, names]) => names.length > 0).slice(-1);
  return chosen.map(([name, names]) => `  ${name}: ${yamlText(names[0] ?? '')}`);
}

export interface Template {
  id: string;
  author: string;
  title: string;
  titleZh: string;
  conditions?: readonly Condition[];
  origins?: readonly Origin[];
}

/** A new rule, ready to be filled in. */
export function template({ id, author, title, titleZh, conditions, origins = [] }: Template): string {
  const day = new Date().toISOString().slice(0, 10);
  const shown = conditions ?? [{ field: 'user.name', value: 'root', not: false }];
  const dataset = shown.find(({ field, not }) => field === DATASET && !not)?.value;
  const origin = origins.find((one) => one.id === dataset);
  const stated = origin ? shown.filter(({ field, not }) => field !== DATASET || not) : shown;
  return [
    `title: ${yamlText(title)}`,
    `title_zh: ${yamlText(titleZh)}`,
    `id: ${id}`,
    'status: experimental',
    'description: ""',
    'description_zh: ""',
    `author: ${yamlText(author)}`,
    `date: ${day}`,
    'tags:',
    '  - attack.initial-access',
    'logsource:',
    ...logsource(origin),
    ...detection(stated.length > 0 ? stated : shown),
    'falsepositives: []',
    'falsepositives_zh: []',
    'level: medium',
    'next_steps: ""',
    'next_steps_zh: ""',
    '',
  ].join('\n');
}

/** The rule's id in a text that is being written. */
export const idOf = (text: string) => /^id:\s*["']?([0-9a-f-]{36})/im.exec(text)?.[1];

/** Fields of an event that say whom an exception is for, as rules call them. */
export const EXCEPTION_FIELDS = ['source.ip', 'destination.ip', 'user.name', 'host.name', 'process.executable'];
