import { copyOf, type Operation } from '../../history/operation.ts';
import { bulletList, count } from '../../kernel/wording.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import { describeCall, WITNESS_OPERATIONS_MAX, witnessOperations } from '../prose.ts';
import { eventfulCalls } from '../reading/eventful-calls.ts';
import { findHolds } from '../reading/holds.ts';
import type { LedgerIndex } from '../reading/ledger-index.ts';
import { openBooks } from './no-lost-acknowledged/books.ts';
import { howLost, otherEndTold, otherSku, otherSkuTold } from './no-lost-acknowledged/how-lost.ts';

/**
 * Calls that were answered yes, and that the final ledger does not have or has otherwise: a reservation that is missing,
 * was made by another call, has another size or SKU, or was cancelled although nobody asked; a purchase without its order,
 * or with another than its buyer was told of; a cancelled reservation or order that is not cancelled; a registration without its voucher, or with another
 * code; a voucher used, or a ticket let in, without a trace; an attempt that is still undecided, or was decided otherwise than its buyer was
 * told. A reservation that has lapsed or was sold since is not lost.
 *
 * Calls of which the target keeps no rows cannot be looked up, nor can names that a described shop gave several times: the
 * row of one thing may be written over that of another.
 */
export const noLostAcknowledged = checkLedger(
  'no-lost-acknowledged',
  [],
  (ledger, evidence) => {
    const skus = new Set(evidence.sale.skus.map(({ skuId }) => skuId));
    const { byId } = findHolds(evidence);
    const books = openBooks(evidence, ledger);

    let acknowledged = 0;
    const lost: { operation: Operation; how: string }[] = [];
    for (const recorded of eventfulCalls(evidence.operations)) {
      const operation = withoutSharedNames(recorded, evidence);
      if (operation === undefined) continue;
      const { kind, outcome, hold } = operation;
      if (outcome !== 'ok' || !isTraceable(operation, ledger)) continue;
      const sku = operation.sku ?? (hold === undefined ? undefined : byId.get(hold)?.sku);
      // A call that names another SKU is of this sale all the same if its reservation is.
      const isOfSale = sku === undefined || skus.has(sku) || ledger.reservationById.has(hold ?? '');
      if (!isOfSale) continue;
      acknowledged++;
      const how =
        howLost[kind](operation, books) ??
        otherEndTold(operation, ledger, evidence.sale) ??
        otherSku(operation, ledger, evidence.sale) ??
        otherSkuTold(operation, evidence.sale);
      if (how !== undefined) lost.push({ operation, how });
    }

    if (acknowledged === 0) {
      return {
        status: 'skipped',
        summary: 'no acknowledged call names anything to look up in the ledger',
      };
    }
    if (lost.length === 0) {
      return {
        status: 'valid',
        summary: `the final ledger has all of ${count(acknowledged, 'acknowledged call')}`,
      };
    }
    const shown = lost.slice(0, WITNESS_OPERATIONS_MAX);
    return {
      status: 'invalid',
      summary: `${lost.length} of ${count(acknowledged, 'acknowledged call')} cannot be found in the final ledger`,
      witness: {
        prose: bulletList(
          `${count(lost.length, 'call was', 'calls were')} answered with a yes that the final ledger does not bear out:`,
          shown.map(
            ({ operation, how }) => `${describeCall(operation, evidence.sale)}, but ${how}`,
          ),
        ),
        operations: witnessOperations(shown.map(({ operation }) => operation)),
      },
    };
  },
  ['reservation', 'order'],
);

/**
 * The call without the names that several things may have had. Undefined if the books cannot tell then what became of it.
 */
function withoutSharedNames(call: Operation, { sharedNames }: Evidence): Operation | undefined {
  if (sharedNames === undefined) return call;
  const known = (name: string | undefined) => (sharedNames.has(name ?? '') ? undefined : name);
  const { hold, newHold, order, voucher } = call;
  const left = {
    ...{ hold: known(hold), newHold: known(newHold) },
    ...{ order: known(order), voucher: known(voucher) },
  };
  if (order !== left.order || (NAMES_ONE.has(call.kind) && hold !== left.hold)) return undefined;
  return { ...copyOf(call), ...left };
}

/** Calls that are about a hold and nothing else. */
const NAMES_ONE: ReadonlySet<Operation['kind']> = new Set(['reserve', 'release']);

/** True when a call can be looked up in the ledger: it names an id, and the target keeps rows of what it did. */
function isTraceable(
  { kind, hold, order, voucher, buyer, observed }: Operation,
  { keeps, attribution }: LedgerIndex,
): boolean {
  switch (kind) {
    case 'reserve':
      return keeps('reservation') && (hold !== undefined || attribution !== undefined);
    case 'confirm':
      if (attribution !== undefined && keeps('order')) return true;
      return keeps('reservation') && hold !== undefined;
    case 'release':
      return keeps('reservation') && hold !== undefined;
    case 'buy':
      return keeps('order');
    case 'register':
      return keeps('order') || keeps('voucher');
    case 'redeem':
      return keeps('voucher') && voucher !== undefined;
    case 'check-in':
      return keeps('ticket');
    case 'cancel':
      return keeps('order') && (order !== undefined || attribution === undefined);
    case 'attempt':
      return keeps('attempt');
    case 'read':
      if (observed?.decision === 'SUCCESS' && !keeps('attempt')) {
        return keeps('order') && buyer !== undefined && attribution?.knowsBuyers !== false;
      }
      return (
        keeps('attempt') && (observed?.decision === 'SUCCESS' || observed?.decision === 'FAILED')
      );
    // Analytics have a check of their own.
    case 'track':
      return false;
  }
}
