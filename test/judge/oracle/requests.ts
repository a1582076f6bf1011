import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { BUYERS, SKUS } from './history.ts';
import type { Random } from './random.ts';

/**
 * A request that a buyer may send now, written as if it were answered yes. Buyers know the holds and orders of the calls
 * that have ended; one in eight requests uses those of somebody else.
 */
export function randomRequest(
  random: Random,
  sale: SaleFacts,
  ended: readonly Operation[],
  id: number,
  nowMs: number,
): Operation {
  const call = {
    ...{ id, callId: `call-${id}`, invokedAtNs: nowMs * 1e6, completedAtNs: nowMs * 1e6 },
    ...{ outcome: 'ok' as const, status: 200 },
  };
  const sku = random.pick(SKUS.slice(0, sale.skus.length) as [string]);
  if (random.chance(12))
    return { ...call, kind: 'read', sku, buyer: random.pick(BUYERS), quantity: 1 };
  // An answer and the request that follows it are never at the same moment.
  const known = ended.filter(({ completedAtNs }) => completedAtNs < nowMs * 1e6);
  const made = random.anyOf(
    known.filter(
      ({ kind, outcome }) => outcome === 'ok' && (kind === 'reserve' || kind === 'confirm'),
    ),
  );
  if (made === undefined || random.chance(40)) {
    const quantity = random.int(1, Math.min(2, sale.unitsPerBuyerMax ?? 2));
    return { ...call, kind: 'reserve', sku, buyer: random.pick(BUYERS), quantity };
  }
  const { quantity, hold, order } = made;
  const buyer = random.chance(12) ? random.pick(BUYERS) : made.buyer;
  const about = { ...call, ...(made.sku && { sku: made.sku }), ...(buyer && { buyer }), quantity };
  if (made.kind === 'confirm' && order && random.chance(60)) {
    return { ...about, kind: 'cancel', order };
  }
  const kind = random.chance(60) ? 'confirm' : 'release';
  return { ...about, kind, ...(hold && { hold }) };
}
