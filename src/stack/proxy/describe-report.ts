import { count } from '../../kernel/wording.ts';
import type { ProxyReport } from './proxy.ts';

/** Describes the work of a proxy in one sentence; says what to do if the shop did not use it. */
export function describeProxyReport(report: ProxyReport): string {
  const { connections, refused, answers, widenMs, delayMsMedian, delayMsP99 } = report;
  if (connections === 0) {
    return 'the shop made no connection to it: have the shop connect to the address that the proxy listens on';
  }
  const unreachable = refused === 0 ? '' : `, ${refused.toLocaleString('en-US')} of them not taken`;
  if (answers === 0) return `${count(connections, 'connection')}${unreachable}, no answer`;
  return (
    `${count(connections, 'connection')}${unreachable}; ${count(answers, 'answer')} held back by ${widenMs} ms ` +
    `(median ${delayMsMedian.toFixed(1)} ms, p99 ${delayMsP99.toFixed(1)} ms)`
  );
}
