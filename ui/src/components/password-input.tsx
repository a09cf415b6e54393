// SPDX-License-Identifier: Apache-2.0
import { Input, type InputProps } from 'antd';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** A password field that tells when Caps Lock is on, beside the label, so that nothing moves. */
export function PasswordInput(props: InputProps) {
  const { t } = useTranslation();
  const [capsLock, setCapsLock] = useState(false);
  const look = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));
  return (
    <>
      <Input.Password {...props} onKeyDown={look} onKeyUp={look} />
      <div className="caps-lock" role="status">
        {capsLock && t('signIn.capsLock')}
      </div>
    </>
  );
}
