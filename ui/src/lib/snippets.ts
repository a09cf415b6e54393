// SPDX-License-Identifier: Apache-2.0
// What to paste where, so that the first log line arrives.

/** Where collect listens unless configured otherwise. */
const SYSLOG_PORT = 5514;
const INGEST_PORT = 5580;

export const snippets = (host: string) =>
  [
    {
      id: 'rsyslog',
      text: [
        '# /etc/rsyslog.d/90-wanglou.conf',
        `*.* action(type="omfwd" target="${host}" port="${SYSLOG_PORT}" protocol="tcp"`,
        '    TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"',
        '    action.resumeRetryCount="-1" queue.type="LinkedList" queue.filename="wanglou")',
      ].join('\n'),
    },
    {
      id: 'curl',
      text: `curl --data-binary @/var/log/auth.log http://${host}:${INGEST_PORT}/ingest/v1/openssh`,
    },
    { id: 'import', text: 'wanglou import /var/log/auth.log' },
  ] as const;
