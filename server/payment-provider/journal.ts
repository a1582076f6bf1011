import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { StoredPayment } from './provider.ts';

/**
 * What a provider must not forget when its process dies: each change of a payment as a line of JSON, written before
 * anybody is told of it. Half a line at the end is a change that nobody was told of, and is cut off.
 */
export function openJournal(path: string): {
  /** The payments as they were last, in the order in which they began. */
  known: StoredPayment[];
  remember(payment: StoredPayment): void;
} {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  const known = new Map<string, StoredPayment>();
  for (const line of whole.split('\n')) {
    if (line === '') continue;
    const payment = JSON.parse(line) as StoredPayment;
    known.set(payment.paymentId, payment);
  }
  return {
    known: [...known.values()],
    remember: (payment) => appendFileSync(path, `${JSON.stringify(payment)}\n`),
  };
}
