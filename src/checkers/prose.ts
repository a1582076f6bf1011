import { type Operation, type SaleFacts, takesStock } from '../history/operation.ts';
import { bulletList, count, shortId, skuName } from '../kernel/wording.ts';
import type { Witness } from './checker.ts';

/** The most operations in a witness. A person reads it, and more would be a log. */
export const WITNESS_OPERATIONS_MAX = 10;

/** Writes a moment of the history's clock as a time of day: `12:00:03.412 UTC`. */
export function timeOfDay(atNs: number, sale: SaleFacts): string {
  if (!Number.isFinite(atNs)) return 'no time';
  const atMs = sale.startedAtMs + (atNs - sale.startedAtNs) / 1e6;
  return `${new Date(Math.floor(atMs)).toISOString().slice(11, 23)} UTC`;
}

/** The buyer of a call, as the first words of a sentence. */
export const buyerOf = (operation: Operation): string =>
  operation.buyer === undefined ? 'A buyer without a name' : `Buyer ${shortId(operation.buyer)}`;

const ASKED: Record<Operation['kind'], string> = {
  reserve: 'asked for',
  confirm: 'checked out',
  release: 'gave back',
  read: 'looked at',
  attempt: 'tried for',
  buy: 'bought',
  register: 'registered for',
  redeem: 'used',
  cancel: 'cancelled',
  'check-in': 'let in',
  track: 'told the analytics of',
};

/** Describes one call in a sentence without its full stop: buyer, object, times, answer, request id and instance. */
export function describeCall(operation: Operation, sale: SaleFacts): string {
  return `${buyerOf(operation)} ${ASKED[operation.kind]} ${describeObject(operation)} at ${timeOfDay(operation.invokedAtNs, sale)} and ${describeAnswer(operation, sale)}${describeWhere(operation)}`;
}

function describeObject(operation: Operation): string {
  const { kind, quantity, sku, hold, order, voucher, ticket, observed } = operation;
  if (observed?.decision !== undefined)
    return `their attempt${sku === undefined ? '' : ` for ${skuName(sku)}`}`;
  if (kind === 'redeem') return `voucher ${shortId(voucher)}`;
  if (kind === 'check-in') return `ticket ${shortId(ticket)}`;
  if (kind === 'cancel') return `order ${shortId(order)}`;
  if (kind === 'track')
    return `${count(quantity, 'event')}${sku === undefined ? '' : ` about ${skuName(sku)}`}`;
  if (!takesStock(kind) && hold !== undefined) return `reservation ${shortId(hold)}`;
  return `${count(quantity, 'unit')}${sku === undefined ? '' : ` of ${skuName(sku)}`}`;
}

function describeAnswer(operation: Operation, sale: SaleFacts): string {
  const { outcome, status, code, completedAtNs, observed } = operation;
  if (observed?.decision !== undefined) {
    const reason = code === undefined ? '' : ` (${code})`;
    return `was told ${observed.decision}${reason} at ${timeOfDay(completedAtNs, sale)}`;
  }
  if (outcome === 'ok') return `was told yes at ${timeOfDay(completedAtNs, sale)}`;
  const why = code ?? (status > 0 ? `status ${status}` : undefined);
  if (outcome === 'fail') {
    return `was told no${why ? ` (${why})` : ''} at ${timeOfDay(completedAtNs, sale)}`;
  }
  return `never got a definite answer${why ? ` (${why})` : ''}`;
}

/** The request id and the instance, as far as known: ` (request 7f…, http://127.0.0.1:4000)`. */
export function describeWhere({ requestId, instance }: Operation): string {
  const parts = [requestId === undefined ? undefined : `request ${requestId}`, instance];
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

/** The operations of a witness: each once, in the order in which they were invoked, at most `WITNESS_OPERATIONS_MAX`. */
export const witnessOperations = (operations: Iterable<Operation>): Operation[] =>
  [...new Set(operations)].slice(0, WITNESS_OPERATIONS_MAX).sort((a, b) => a.id - b.id);

/**
 * The witness that consists of calls alone: a sentence that ends in a colon, and below it each of them, at most
 * `WITNESS_OPERATIONS_MAX`.
 */
export const witnessOfCalls = (first: string, calls: Operation[], sale: SaleFacts): Witness => ({
  prose: bulletList(
    first,
    calls.slice(0, WITNESS_OPERATIONS_MAX).map((call) => describeCall(call, sale)),
  ),
  operations: witnessOperations(calls),
});
