// SPDX-License-Identifier: Apache-2.0
// The first step: the archive, what the pack is called, and its version.
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUploadPack } from '../../../api/pack-queries';
import { useRulePacks } from '../../../api/rules-queries';
import { FileDrop } from '../../../components/file-drop';
import { Panel } from '../../../components/panel';
import { formatBytes } from '../../../lib/format';
import { useRuleError } from '../use-rule-error';
import { ARCHIVES, FILE_MAX, nameOf, PART } from './file';

interface Fields {
  name: string;
  version?: string;
}

interface Props {
  /** The pack that gets another version; empty: what the file's name says. */
  name: string;
  onUploaded: (id: string) => void;
}

export function Choose({ name, onUploaded }: Props) {
  const { t, i18n } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const [file, setFile] = useState<File>();
  const [mistake, setMistake] = useState('');
  const packs = useRulePacks().data?.items.filter(({ imported }) => imported) ?? [];
  const upload = useUploadPack();
  const errorText = useRuleError();
  const wanted = Form.useWatch('name', form)?.trim();
  const former = packs.find((pack) => pack.name === wanted);
  const size = (n: number) => formatBytes(n, i18n.language);
  const take = (chosen: File) => {
    setFile(undefined);
    if (!ARCHIVES.test(chosen.name)) return setMistake(t('packs.wrongType', { name: chosen.name }));
    if (chosen.size > FILE_MAX)
      return setMistake(t('packs.tooLarge', { size: size(chosen.size), most: size(FILE_MAX) }));
    setMistake('');
    setFile(chosen);
    if (!form.getFieldValue('name')) form.setFieldValue('name', nameOf(chosen.name));
  };
  const send = (fields: Fields) => {
    if (!file) return setMistake(t('packs.noFile'));
    upload.mutate(
      { name: fields.name.trim(), version: fields.version?.trim() || undefined, file },
      { onSuccess: ({ id }) => onUploaded(id), onError: (error) => setMistake(errorText(error)) },
    );
  };
  const part = { pattern: PART, message: t('packs.partRule') };
  return (
    <Panel title={t('packs.choose')}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ name }} onFinish={send}>
        <FileDrop
          accept=".zip,.tar,.tgz,.gz,.xz,.zst,.bz2"
          label={t('packs.file')}
          button={file ? file.name : t('packs.chooseFile')}
          hint={file ? size(file.size) : t('packs.dropHint', { most: size(FILE_MAX) })}
          mistake={mistake}
          onFile={take}
          testId="pack-file"
        />
        <div className="pack-fields">
          <Form.Item
            name="name"
            label={t('packs.name')}
            rules={[
              { required: true, whitespace: true, message: t('packs.nameNeeded') },
              part,
              {
                validator: (_, value?: string) =>
                  value === 'own' || value === 'local' ? Promise.reject(new Error(t('packs.nameTaken'))) : Promise.resolve(),
              },
            ]}
            extra={
              wanted &&
              (former ? t('packs.willUpgrade', { name: former.name, version: former.version }) : t('packs.willBeNew'))
            }
          >
            <Input list="packs-there" data-testid="pack-name" />
          </Form.Item>
          <datalist id="packs-there">
            {packs.map((pack) => (
              <option key={pack.name} value={pack.name} />
            ))}
          </datalist>
          <Form.Item name="version" label={t('packs.version')} rules={[part]} extra={t('packs.versionHint')}>
            <Input data-testid="pack-version" />
          </Form.Item>
        </div>
        <Button type="primary" htmlType="submit" loading={upload.isPending} data-testid="pack-try">
          {t('packs.try')}
        </Button>
        <span className="muted pack-aside">{t('packs.tryHint')}</span>
      </Form>
    </Panel>
  );
}
