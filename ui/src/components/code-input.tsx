// SPDX-License-Identifier: Apache-2.0
import { Input, type InputProps } from 'antd';

/** Six digits of an app, or a recovery code. */
export function CodeInput(props: InputProps) {
  return (
    <Input
      {...props}
      className="mono"
      autoComplete="one-time-code"
      autoCapitalize="off"
      spellCheck={false}
      maxLength={64}
      autoFocus
    />
  );
}
