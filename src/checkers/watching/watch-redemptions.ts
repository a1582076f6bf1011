import { describeUses, singleRedemption } from '../checks/single-redemption.ts';
import type { Watch } from './watch.ts';

/** Vouchers that are remembered. */
const VOUCHERS_MAX = 500_000;

/** Finds a voucher of which two calls were told that they used it. A call that repeats a key is no second use. */
export function watchRedemptions(vouchersMax = VOUCHERS_MAX): Watch {
  const used = new Set<string>();
  return {
    check: singleRedemption.name,
    hear(event) {
      if (event.type === 'called' || event.wasGranted) return undefined;
      const { kind, outcome, voucher } = event.call;
      if (kind !== 'redeem' || outcome !== 'ok' || voucher === undefined) return undefined;
      if (used.has(voucher)) return describeUses(voucher, 2);
      if (used.size < vouchersMax) used.add(voucher);
      return undefined;
    },
  };
}
