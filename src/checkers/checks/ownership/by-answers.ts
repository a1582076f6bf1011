import { type Operation, takesStock } from '../../../history/operation.ts';
import { shortId } from '../../../kernel/wording.ts';
import { buyerOf } from '../../prose.ts';
import type { Theft } from './theft.ts';

/** For each thing that a buyer was told of, the first call that was told of it. Its buyer is the owner. */
export interface Owners {
  holds: Map<string, Operation>;
  orders: Map<string, Operation>;
  vouchers: Map<string, Operation>;
}

/**
 * Finds the owner of everything that an answer names. The order of a checkout belongs to the owner of the hold that was
 * checked out, whoever did that.
 */
export function findOwners(operations: Operation[]): Owners {
  const owners: Owners = { holds: new Map(), orders: new Map(), vouchers: new Map() };
  const own = (things: Map<string, Operation>, id: string | undefined, call: Operation): void => {
    if (id !== undefined && !things.has(id)) things.set(id, call);
  };
  const confirms: Operation[] = [];
  for (const call of operations) {
    if (call.outcome !== 'ok' || call.buyer === undefined) continue;
    if (call.kind === 'confirm') confirms.push(call);
    if (!takesStock(call.kind)) continue;
    own(owners.holds, call.hold, call);
    own(owners.orders, call.order, call);
    own(owners.vouchers, call.voucher, call);
  }
  for (const call of confirms) {
    own(owners.holds, call.newHold, call);
    own(owners.orders, call.order, owners.holds.get(call.hold ?? '') ?? call);
  }
  return owners;
}

/** Finds the calls that were answered yes although they are about something of another buyer. */
export function theftsByAnswers(operations: Operation[], owners: Owners): Theft[] {
  return operations.flatMap((call): Theft[] => {
    if (call.outcome !== 'ok' || call.buyer === undefined) return [];
    // Nearly every call is about its buyer's own things, of which no list is made.
    if (!namesOthers(call, owners)) return [];
    for (const { id, owner, did } of thingsOf(call, owners)) {
      if (owner === undefined || owner.buyer === call.buyer) continue;
      const what = `${buyerOf(call)} ${did} ${shortId(id)}, which is of buyer ${shortId(owner.buyer)}`;
      return [{ what, calls: [owner, call] }];
    }
    return [];
  });
}

/** True when anything that a call names is of another buyer. */
function namesOthers(
  { buyer, hold, newHold, order, voucher }: Operation,
  { holds, orders, vouchers }: Owners,
): boolean {
  const isOthers = (things: Map<string, Operation>, id: string | undefined): boolean => {
    const owner = id === undefined ? undefined : things.get(id);
    return owner !== undefined && owner.buyer !== buyer;
  };
  return (
    isOthers(holds, hold) ||
    isOthers(holds, newHold) ||
    isOthers(orders, order) ||
    isOthers(vouchers, voucher)
  );
}

/** Everything that a call is about or was answered with. `did`: the part of a sentence between its buyer and the thing. */
function thingsOf(
  { kind, hold, newHold, order, voucher }: Operation,
  { holds, orders, vouchers }: Owners,
): { id: string | undefined; owner: Operation | undefined; did: string }[] {
  const ofHold = (id: string | undefined, did: string) => ({ id, owner: holds.get(id ?? ''), did });
  const ofOrder = (did: string) => ({ id: order, owner: orders.get(order ?? ''), did });
  const ofVoucher = (did: string) => ({ id: voucher, owner: vouchers.get(voucher ?? ''), did });
  switch (kind) {
    case 'reserve':
    case 'attempt':
    case 'buy':
    case 'register':
      return [
        ofHold(hold, 'was given reservation'),
        ofOrder('was told of order'),
        ofVoucher('was given voucher'),
      ];
    case 'confirm':
      return [
        ofHold(hold, 'checked out reservation'),
        ofHold(newHold, 'was told of reservation'),
        ofOrder('was told of order'),
      ];
    case 'release':
      return [ofHold(hold, 'gave back reservation')];
    case 'cancel':
      return [ofOrder('cancelled order'), ofHold(hold, 'cancelled the order of reservation')];
    case 'redeem':
      return [ofVoucher('used voucher')];
    // A ticket is let in by somebody else than its owner.
    case 'check-in':
    case 'read':
    case 'track':
      return [];
  }
}
