import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { StoredPayment } from './provider.ts';

/**
 * The file that keeps a provider's payments when its process dies. Each change of a payment is a line of JSON, written
 * before any caller learns of the change. An incomplete last line is a change that no caller has learnt of, so it is cut
 * off.
 */
export function openJournal(path: string): {
  /** The last state of each payment, in the order in which the payments began. */
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
