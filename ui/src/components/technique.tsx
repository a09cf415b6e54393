// SPDX-License-Identifier: Apache-2.0
// Techniques of ATT&CK in the console's language, with MITRE's own name as the title of a translated one.
import { useTranslation } from 'react-i18next';
import { type Technique as Named, useTechniques } from '../api/attack-queries';

interface Words {
  name: string;
  /** MITRE's name where another one is shown. */
  title?: string;
}

/** What a technique is called here; one without a Chinese name is called by its English one. */
export function useTechniqueWords(): (technique: Pick<Named, 'name' | 'name_zh'>) => Words {
  const { i18n } = useTranslation();
  return ({ name, name_zh }) =>
    i18n.language === 'zh-CN' && name_zh ? { name: name_zh, title: name } : { name };
}

/** The name of a technique of which the id is known; nothing where the tables do not have it. */
export function TechniqueName({ id }: { id: string }) {
  const { data } = useTechniques();
  const wordsOf = useTechniqueWords();
  const technique = data?.get(id.toUpperCase());
  if (!technique) return null;
  const { name, title } = wordsOf(technique);
  return <span title={title}>{name}</span>;
}

/** Id and name. */
export function Technique({ id }: { id: string }) {
  return (
    <span>
      <span className="mono">{id}</span> <TechniqueName id={id} />
    </span>
  );
}
