// SPDX-License-Identifier: Apache-2.0
// What a page shows, kept under a name. It works on every page whose state is its address: a view is the query of it.
import { CheckOutlined, DownOutlined, MoreOutlined, StarFilled, StarOutlined } from '@ant-design/icons';
import { Button, Checkbox, Dropdown, Form, Input, Modal, Popover } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { ApiError } from '../api/errors';
import { useAddView, useRemoveView, useUpdateView, useViews } from '../api/view-queries';
import type { View, ViewPage } from '../api/types';
import '../styles/saved-views.css';
import { describe } from './describe';
import { ErrorNotice } from './error-notice';
import { useDone } from './use-done';

const NAME_MAX = 60;

/** The page's query as it stands, and how to go to another. */
function useQueryString() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const go = (query: string, replace = false) => navigate({ pathname, search: query && `?${query}` }, { replace });
  return [new URLSearchParams(search).toString(), go] as const;
}

/** A page that is entered without a query begins with the person's own choice. */
function useBeginning(views: readonly View[] | undefined, query: string, go: (query: string, replace: boolean) => void) {
  const entered = useRef(query === '');
  const first = views?.find((view) => view.default);
  useEffect(() => {
    if (!views || !entered.current) return;
    entered.current = false;
    if (first?.query && query === '') go(first.query, true);
  });
}

interface Wish {
  name: string;
  shared?: boolean;
  default?: boolean;
}

interface FormProps {
  title: string;
  initial: Wish;
  /** What can be said beside the name. */
  whole: boolean;
  onSave: (wish: Wish) => Promise<unknown>;
  onClose: () => void;
}

function ViewForm({ title, initial, whole, onSave, onClose }: FormProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Wish>();
  const [busy, setBusy] = useState(false);
  const refuse = (error: unknown) => {
    const taken = error instanceof ApiError && error.code === 'duplicate';
    form.setFields([{ name: 'name', errors: [taken ? t('views.taken') : describe(t, error)] }]);
  };
  const save = (wish: Wish) => {
    setBusy(true);
    return onSave({ ...wish, name: wish.name.trim() })
      .then(onClose, refuse)
      .finally(() => setBusy(false));
  };
  return (
    <Modal
      open
      title={title}
      width={400}
      okText={t('common.save')}
      okButtonProps={{ htmlType: 'submit', form: 'view-form', loading: busy }}
      onCancel={onClose}
    >
      <Form<Wish> id="view-form" form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={save}>
        <Form.Item
          name="name"
          label={t('views.name')}
          rules={[{ required: true, whitespace: true, message: t('views.nameMissing') }]}
        >
          <Input maxLength={NAME_MAX} autoFocus data-testid="view-name" />
        </Form.Item>
        {whole && (
          <>
            <Form.Item name="shared" valuePropName="checked" noStyle>
              <Checkbox>{t('views.shareIt')}</Checkbox>
            </Form.Item>
            <br />
            <Form.Item name="default" valuePropName="checked" noStyle>
              <Checkbox>{t('views.beginWithIt')}</Checkbox>
            </Form.Item>
          </>
        )}
      </Form>
    </Modal>
  );
}

interface RowProps {
  view: View;
  here: boolean;
  onOpen: () => void;
  onRename: () => void;
  query: string;
}

/** What can be done with a view; each can be taken back. */
function useActions(view: View, query: string) {
  const { t } = useTranslation();
  const { done, failed } = useDone();
  const update = useUpdateView();
  const remove = useRemoveView();
  const add = useAddView();
  const set = (change: Partial<View>, back: Partial<View>, text: string) =>
    update.mutateAsync({ view, change }).then(
      (now) => done(text, () => update.mutateAsync({ view: now, change: back })),
      failed,
    );
  const { page, name, shared } = view;
  return {
    share: () =>
      set({ shared: !shared }, { shared }, t(shared ? 'views.unsharedDone' : 'views.sharedDone', { name })),
    begin: () =>
      set(
        { default: !view.default },
        { default: view.default },
        t(view.default ? 'views.beginNotDone' : 'views.beginDone', { name }),
      ),
    overwrite: () => set({ query }, { query: view.query }, t('views.overwritten', { name })),
    remove: () =>
      remove.mutateAsync(view).then(
        () =>
          done(t('views.removed', { name }), () =>
            add.mutateAsync({ page, name, query: view.query, shared, default: view.default }),
          ),
        failed,
      ),
  };
}

function Row({ view, here, onOpen, onRename, query }: RowProps) {
  const { t } = useTranslation();
  const actions = useActions(view, query);
  const items = [
    { key: 'overwrite', label: t('views.overwrite'), disabled: here, onClick: actions.overwrite },
    { key: 'rename', label: t('views.rename'), onClick: onRename },
    { key: 'share', label: t(view.shared ? 'views.unshare' : 'views.share'), onClick: actions.share },
    { key: 'remove', label: t('views.remove'), danger: true, onClick: actions.remove },
  ];
  const star = t(view.default ? 'views.beginNot' : 'views.begin');
  return (
    <li className="view-row" data-testid="view">
      <button type="button" className="view-open" onClick={onOpen} aria-current={here}>
        <span className="view-here">{here && <CheckOutlined aria-hidden />}</span>
        <span className="view-name">{view.name}</span>
        {view.shared && (
          <span className="muted view-shared">
            {view.may_change ? t('views.shared') : t('views.sharedBy', { owner: view.owner })}
          </span>
        )}
      </button>
      <Button
        type="text"
        size="small"
        icon={view.default ? <StarFilled /> : <StarOutlined />}
        aria-label={`${star}: ${view.name}`}
        aria-pressed={view.default}
        title={star}
        onClick={actions.begin}
      />
      {view.may_change && (
        <Dropdown menu={{ items }} trigger={['click']}>
          <Button
            type="text"
            size="small"
            icon={<MoreOutlined />}
            aria-label={t('views.more', { name: view.name })}
            data-testid="view-more"
          />
        </Dropdown>
      )}
    </li>
  );
}

type Editing = { view?: View } | undefined;

function Editor({ page, query, editing, onClose }: { page: ViewPage; query: string; editing: Editing; onClose: () => void }) {
  const { t } = useTranslation();
  const { done } = useDone();
  const add = useAddView();
  const update = useUpdateView();
  if (!editing) return null;
  const { view } = editing;
  const save = async (wish: Wish) => {
    if (view) await update.mutateAsync({ view, change: { name: wish.name } });
    else await add.mutateAsync({ ...wish, page, query });
    done(t('views.saved', { name: wish.name }));
  };
  return (
    <ViewForm
      title={t(view ? 'views.rename' : 'views.saveTitle')}
      initial={{ name: view?.name ?? '' }}
      whole={!view}
      onSave={save}
      onClose={onClose}
    />
  );
}

export function SavedViews({ page }: { page: ViewPage }) {
  const { t } = useTranslation();
  const [query, go] = useQueryString();
  const { data, error, refetch } = useViews(page);
  const [open, setOpen] = useState(false);
  const [editing, setEditing] = useState<Editing>();
  const views = data?.items;
  const here = views?.find((view) => view.query === query);
  useBeginning(views, query, go);
  const edit = (view?: View) => {
    setOpen(false);
    setEditing({ view });
  };
  const choose = (view: View) => {
    setOpen(false);
    go(view.query);
  };
  const list: ReactNode = views && views.length > 0 && (
    <ul className="view-list">
      {views.map((view) => (
        <Row
          key={view.id}
          view={view}
          here={view === here}
          query={query}
          onOpen={() => choose(view)}
          onRename={() => edit(view)}
        />
      ))}
    </ul>
  );
  const content = (
    <div className="view-menu" data-testid="view-menu">
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {list || (!error && <p className="muted">{t('views.none')}</p>)}
      <Button type="link" size="small" onClick={() => edit()} disabled={here !== undefined} data-testid="save-view">
        {t('views.saveThis')}
      </Button>
    </div>
  );
  return (
    <>
      <Popover trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen} content={content}>
        <Button size="small" data-testid="views" aria-expanded={open}>
          <span className="view-current">{here?.name ?? t('views.title')}</span>
          <DownOutlined aria-hidden />
        </Button>
      </Popover>
      <Editor page={page} query={query} editing={editing} onClose={() => setEditing(undefined)} />
    </>
  );
}
