import { type Operation, type SaleFacts, takesStock } from '../../history/operation.ts';
import { ofBuyer } from '../reading/ledger-index.ts';

/** Attempts on our own server, which names none: a buyer has one at a SKU, and asks for the decision over it by the SKU. */
export interface Attempts {
  /** Hears of a call for units that was answered yes, or got no answer. */
  take(call: Operation): void;
  /** Hears of a cancellation or a return that is under way, and may be of what an attempt brought. */
  end(call: Operation): void;
  /** The attempt whose buyer is told for the first time that it has succeeded; undefined where it may be about other units. */
  succeed(read: Operation): Operation | undefined;
}

/**
 * Joins attempts with the decisions that their buyers are told. An attempt may succeed with units that its buyer took in another
 * way before, and then takes none of its own.
 *
 * @param max attempts and buyers that are remembered
 */
export function createAttempts({ shop, skus }: SaleFacts, max: number): Attempts {
  /** Of several, nobody knows which the decision is about: then undefined. */
  const accepted = new Map<string, Operation | undefined>();
  const otherBuyers = new Set<string>();
  const endedBy = new Set<string>();
  const attempted = new Set(
    skus.filter(({ soldBy = 'flash-sale' }) => soldBy === 'flash-sale').map(({ skuId }) => skuId),
  );
  let isGivenUp = shop !== undefined || attempted.size === 0;

  function giveUp(): void {
    isGivenUp = true;
    for (const memory of [accepted, otherBuyers, endedBy]) memory.clear();
  }

  return {
    take(call) {
      const { kind, sku, buyer, outcome } = call;
      if (isGivenUp || outcome === 'fail' || !takesStock(kind)) return;
      if (sku === undefined || !attempted.has(sku)) return;
      const key = ofBuyer(sku, buyer);
      if (kind !== 'attempt') otherBuyers.add(key);
      else if (outcome === 'ok') accepted.set(key, accepted.has(key) ? undefined : call);
      if (accepted.size + otherBuyers.size > max) giveUp();
    },
    end({ buyer }) {
      if (isGivenUp) return;
      if (buyer !== undefined) endedBy.add(buyer);
      if (buyer === undefined || endedBy.size > max) giveUp();
    },
    succeed({ sku, buyer = '' }) {
      const key = ofBuyer(sku, buyer);
      const attempt = accepted.get(key);
      if (otherBuyers.has(key) || endedBy.has(buyer)) return undefined;
      // A second success is told of the same units; a second attempt would be another's.
      if (attempt !== undefined) accepted.set(key, undefined);
      return attempt;
    },
  };
}
