import type { Operation, OperationKind, SaleFacts } from '../../history/operation.ts';
import { describeAttempts } from '../checks/one-per-buyer/second-attempts.ts';
import { onePerBuyer } from '../checks/one-per-buyer.ts';
import { describeLetIn, singleCheckIn } from '../checks/single-check-in.ts';
import { describeUses, singleRedemption } from '../checks/single-redemption.ts';
import { ofBuyer } from '../reading/ledger-index.ts';
import type { Watch } from './watch.ts';

/** Things that can be had once, by calls of one kind. */
interface Once {
  check: string;
  kind: OperationKind;
  /** Names the thing that a call is about; undefined for a call that names none. */
  nameOf(call: Operation): string | undefined;
  /** Says in words that two calls had it. */
  describe(call: Operation): string;
}

/** Things that are remembered of each kind. */
const NAMES_MAX = 500_000;

/**
 * Finds a voucher that was used twice, a ticket that was let in twice and, on our own server, a buyer of whom two attempts at a SKU
 * were accepted, each by the yes to two calls.
 */
export function watchOnce({ shop }: Pick<SaleFacts, 'shop'>, namesMax = NAMES_MAX): Watch[] {
  const ofEveryShop: Once[] = [
    {
      ...{ check: singleRedemption.name, kind: 'redeem', nameOf: ({ voucher }) => voucher },
      describe: ({ voucher = '' }) => describeUses(voucher, 2),
    },
    {
      ...{ check: singleCheckIn.name, kind: 'check-in', nameOf: ({ ticket }) => ticket },
      describe: ({ ticket = '' }) => describeLetIn(ticket, 2),
    },
  ];
  const attempts: Once = {
    ...{ check: onePerBuyer.name, kind: 'attempt' },
    nameOf: ({ sku, buyer }) =>
      sku === undefined || buyer === undefined ? undefined : ofBuyer(sku, buyer),
    describe: (call) => describeAttempts(call, 2),
  };
  // A described shop may accept several attempts of a buyer.
  return [...ofEveryShop, ...(shop === undefined ? [attempts] : [])].map((once) =>
    watch(once, namesMax),
  );
}

/** A call that repeats a key is no second one. */
function watch({ check, kind, nameOf, describe }: Once, namesMax: number): Watch {
  const had = new Set<string>();
  return {
    check,
    hear(event) {
      if (event.call.kind !== kind || event.type !== 'answered' || event.wasGranted)
        return undefined;
      const name = event.call.outcome === 'ok' ? nameOf(event.call) : undefined;
      if (name === undefined) return undefined;
      if (had.has(name)) return describe(event.call);
      if (had.size < namesMax) had.add(name);
      return undefined;
    },
  };
}
