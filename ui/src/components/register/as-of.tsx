// SPDX-License-Identifier: Apache-2.0
// The register as it was at a moment, and as was known at another.
import { HistoryOutlined } from '@ant-design/icons';
import { Alert, Button, Popover } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isNow, NOW, type View } from '../../lib/register';
import { localTime } from '../../lib/time';

const DayTime = lazy(() => import('./day-time'));

interface Props {
  view: View;
  onChange: (view: View) => void;
}

function Choice({ view, onChange }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(view);
  return (
    <div className="register-as-of">
      <p className="muted">{t('register.asOfHint')}</p>
      <Suspense fallback={<div className="register-as-of-wait" />}>
        <div className="register-as-of-field">
          <span>{t('register.at')}</span>
          <DayTime
            label={t('register.at')}
            placeholder={t('register.now')}
            value={chosen.at || undefined}
            onChange={(at) => setChosen({ ...chosen, at: at ?? '' })}
          />
        </div>
        <div className="register-as-of-field">
          <span>{t('register.known')}</span>
          <DayTime
            label={t('register.known')}
            placeholder={t('register.now')}
            value={chosen.known || undefined}
            onChange={(known) => setChosen({ ...chosen, known: known ?? '' })}
          />
        </div>
      </Suspense>
      <Button type="primary" size="small" onClick={() => onChange(chosen)} data-testid="as-of-show">
        {t('register.show')}
      </Button>
    </div>
  );
}

export function AsOf({ view, onChange }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const choose = (next: View) => {
    setOpen(false);
    onChange(next);
  };
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={<Choice view={view} onChange={choose} />}
      destroyOnHidden
    >
      <Button icon={<HistoryOutlined />} type={isNow(view) ? 'default' : 'primary'} data-testid="as-of">
        {view.at ? localTime(view.at).slice(0, 16) : t('register.asOf')}
      </Button>
    </Popover>
  );
}

/** Says that this is not now, and leads back. */
export function AsOfNotice({ view, onChange }: Props) {
  const { t } = useTranslation();
  if (isNow(view)) return null;
  const at = view.at ? localTime(view.at) : t('register.now');
  return (
    <Alert
      className="register-note"
      type="warning"
      showIcon
      title={view.known ? t('register.asKnown', { at, known: localTime(view.known) }) : t('register.asWas', { at })}
      action={
        <Button size="small" onClick={() => onChange(NOW)} data-testid="as-of-now">
          {t('register.backToNow')}
        </Button>
      }
    />
  );
}
