import { bulletList, count } from '../../kernel/wording.ts';
import { checkLedger } from '../ledger-check.ts';
import { describeCall, WITNESS_OPERATIONS_MAX, witnessOperations } from '../prose.ts';
import { phantomAttempts } from './no-phantom/attempts.ts';
import { phantomCheckIns } from './no-phantom/check-ins.ts';
import { phantomOrders, phantomSales } from './no-phantom/orders.ts';
import { phantomReservations } from './no-phantom/reservations.ts';
import { phantomsOfShop } from './no-phantom/strange-rows.ts';
import { phantomVouchers } from './no-phantom/vouchers.ts';

/**
 * Rows in the final ledger that nobody brought about: a reservation or an order that no call asked for, that the buyer
 * was definitely refused, or that is the second effect of one call; a reservation sold without a checkout; an attempt that
 * succeeded without an order or failed with one; a voucher for no order, or used by no call;
 * a ticket let in by no call.
 *
 * Rows are matched to calls by the call ids that the server stored. Where it stores none, they are matched by the ids in
 * its answers, and the rest by buyer, SKU and quantity.
 */
export const noPhantom = checkLedger(
  'no-phantom',
  [],
  (ledger, evidence) => {
    if (evidence.operations.length === 0) {
      return { status: 'skipped', summary: 'no operation was recorded to compare the ledger with' };
    }
    const phantoms = [
      ...(ledger.attribution === undefined
        ? [
            ...phantomReservations(evidence, ledger),
            ...phantomOrders(evidence, ledger),
            ...phantomSales(evidence, ledger),
          ]
        : phantomsOfShop(evidence, ledger)),
      ...phantomAttempts(evidence, ledger),
      ...phantomVouchers(evidence, ledger),
      ...phantomCheckIns(evidence, ledger),
    ];
    const { reservations, orders, attempts, vouchers, attribution } = ledger;
    const rows =
      reservations.length -
      (attribution?.madeOfOrders.size ?? 0) +
      orders.length +
      attempts.length +
      vouchers.length;
    if (phantoms.length === 0) {
      return { status: 'valid', summary: `each of ${count(rows, 'ledger row')} comes from a call` };
    }
    const shown = phantoms.slice(0, WITNESS_OPERATIONS_MAX);
    return {
      status: 'invalid',
      summary: `${phantoms.length} of ${count(rows, 'ledger row')} come from no call that succeeded or may have`,
      witness: {
        prose: bulletList(
          `The final ledger holds ${count(phantoms.length, 'thing')} that nobody brought about:`,
          shown.map(({ what, call }) =>
            call ? `${what}. ${describeCall(call, evidence.sale)}` : what,
          ),
        ),
        operations: witnessOperations(shown.flatMap(({ call }) => call ?? [])),
      },
    };
  },
  ['reservation', 'order'],
);
