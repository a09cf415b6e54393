// SPDX-License-Identifier: Apache-2.0
// How each kind of channel is set up: pieces of wanglou.yaml and of the file of channels, without secrets.
import type { Channel } from '../api/admin-queries';

export const CHANNEL_TYPES = ['mail', 'wecom', 'dingtalk', 'feishu', 'webhook'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

const robot = (lines: readonly string[]) => ['- name: duty-room', ...lines.map((line) => `  ${line}`)].join('\n');

export const SETTINGS = 'notify:\n  channels: /etc/wanglou/channels.yaml';

export const SNIPPETS: Record<ChannelType, string> = {
  mail: [
    'mail:',
    '  server: smtps://mail.example.edu.cn:465',
    '  user: wanglou@example.edu.cn',
    '  password_file: /etc/wanglou/mail-password',
    '  from: 网络信息中心 <wanglou@example.edu.cn>',
  ].join('\n'),
  wecom: robot([
    'type: wecom',
    'url: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…',
    'kinds: [duty, alert, daily]',
  ]),
  dingtalk: robot([
    'type: dingtalk',
    'url: https://oapi.dingtalk.com/robot/send?access_token=…',
    'secret: SEC…',
    'kinds: [duty, alert, daily]',
  ]),
  feishu: robot([
    'type: feishu',
    'url: https://open.feishu.cn/open-apis/bot/v2/hook/…',
    'secret: …',
    'kinds: [duty, alert, daily]',
  ]),
  webhook: robot(['type: webhook', 'url: https://ticket.example.edu.cn/in', 'secret: …', 'kinds: [rectification]']),
};

export type ChannelHealth = 'untried' | 'good' | 'bad' | 'waiting';

/** By what came last: a failure, a success, or nothing yet. What waits and has been refused once is trouble, too. */
export function healthOfChannel({ sent, failed, waiting, error }: Channel): ChannelHealth {
  const [good, bad] = [sent ? Date.parse(sent) : 0, failed ? Date.parse(failed) : 0];
  if (bad > good || (waiting && error && !good)) return 'bad';
  if (waiting) return error ? 'bad' : 'waiting';
  return good ? 'good' : 'untried';
}
