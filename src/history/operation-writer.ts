import type { Clock } from '../kernel/clock.ts';
import { createDigits } from '../kernel/digits.ts';
import { rememberLastOfLength } from '../kernel/last-of-length.ts';
import type { ChunkedFile } from './chunked-file.ts';
import type { Operation, Outcome } from './operation.ts';

/** The facts of a call that are known right before its request is written. */
export type InvokeFacts = Pick<
  Operation,
  | 'kind'
  | 'sku'
  | 'buyer'
  | 'quantity'
  | 'callId'
  | 'idempotencyKey'
  | 'hold'
  | 'order'
  | 'voucher'
  | 'ticket'
  | 'basket'
  | 'instance'
>;

/** The facts that an answer, or its absence, adds. */
export type CompleteFacts = Pick<
  Operation,
  | 'outcome'
  | 'status'
  | 'code'
  | 'hold'
  | 'order'
  | 'voucher'
  | 'sku'
  | 'sequence'
  | 'observed'
  | 'requestId'
>;

/**
 * Records the two halves of each operation. Neither call ever throws. Both halves get the clock's time of the call, unless
 * `atNs` gives another time of the same clock; such calls have to come in the order of their times.
 */
export interface HistoryRecorder {
  /** Call right before the request is written. Returns the id by which `complete` names the operation. */
  invoke(facts: InvokeFacts, atNs?: number): number;
  /** Call once, right after the answer was read or given up. An operation never completed counts as `info`. */
  complete(id: number, facts: CompleteFacts, atNs?: number): void;
}

export interface HistoryCounts extends Record<Outcome, number> {
  invoked: number;
}

/**
 * Writes operations into a file and counts them. Their lines are put together by hand, because two lines are written per
 * request of a load that must not be slowed down.
 */
export function createOperationWriter(
  file: ChunkedFile,
  counts: HistoryCounts,
  clock: Clock,
): HistoryRecorder {
  return {
    invoke(facts, at = clock.monotonicNs()) {
      const id = ++counts.invoked;
      file.append(
        `{"type":"invoke","id":${digits(id)},"at":${nanoseconds(at)}${kind(facts.kind)}${facts.quantity}` +
          `${repeated(sku, facts.sku)}${text(',"buyer":"', facts.buyer)}${text(',"callId":"', facts.callId)}` +
          `${text(',"idempotencyKey":"', facts.idempotencyKey)}${text(',"hold":"', facts.hold)}` +
          `${text(',"order":"', facts.order)}${text(',"voucher":"', facts.voucher)}` +
          `${text(',"ticket":"', facts.ticket)}${text(',"basket":"', facts.basket)}${repeated(instance, facts.instance)}}\n`,
      );
      return id;
    },
    complete(id, facts, at = clock.monotonicNs()) {
      counts[facts.outcome]++;
      const sequence = facts.sequence === undefined ? '' : `,"sequence":${facts.sequence}`;
      const observed =
        facts.observed === undefined ? '' : `,"observed":${JSON.stringify(facts.observed)}`;
      file.append(
        `${BEGINNING[facts.outcome]}${digits(id)},"at":${nanoseconds(at)},"status":${facts.status}` +
          `${text(',"code":"', facts.code)}${text(',"hold":"', facts.hold)}${text(',"order":"', facts.order)}` +
          `${text(',"voucher":"', facts.voucher)}${text(',"sku":"', facts.sku)}` +
          `${sequence}${observed}${text(',"requestId":"', facts.requestId)}}\n`,
      );
    },
  };
}

const BEGINNING: Record<Outcome, string> = {
  ok: '{"type":"ok","id":',
  fail: '{"type":"fail","id":',
  info: '{"type":"info","id":',
};
const digits = createDigits();
/** Times in nanoseconds, whose beginning changes a thousand times a second. */
const nanoseconds = createDigits(createDigits());

/** Text without quotes, backslashes and control characters, which needs no escaping. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Facts that most calls have in common. Each piece of a line costs, so what was put together before is taken again. */
const kind = rememberLastOfLength(16, (value) => `,"kind":"${value}","quantity":`);
const sku = rememberLastOfLength(64, (value) => text(',"sku":"', value));
const instance = rememberLastOfLength(64, (value) => text(',"instance":"', value));

const repeated = (write: (value: string) => string, value: string | undefined): string =>
  value === undefined ? '' : write(value);

/** A fact that may be absent; `beginning` ends in the quote that begins its value. */
function text(beginning: string, value: string | undefined): string {
  if (value === undefined) return '';
  return PLAIN.test(value) ? `${beginning}${value}"` : beginning + JSON.stringify(value).slice(1);
}
