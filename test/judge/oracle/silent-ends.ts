import type { Call } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';
import { tellGone } from './quests.ts';
import { boughtBy, holdOfVoucher } from './shop.ts';
import { attemptOf, withChange, withDecision } from './world.ts';

/**
 * True for an answer that may be the only sign of an end: an order that can no longer be cancelled, a voucher whose time is
 * over, an attempt that has failed, a quest for which no voucher was left. What nobody else could see before happens at the latest with that answer.
 */
export const tellsOfAnEnd = ({
  operation: { kind, outcome, code, observed },
  isOfQuest,
}: Call): boolean =>
  outcome === 'fail'
    ? (isOfQuest === true && code === 'CAMPAIGN_FULL') ||
      (kind === 'cancel' && code === 'ORDER_NOT_CANCELLABLE') ||
      (kind === 'redeem' && code === 'VOUCHER_EXPIRED')
    : kind === 'read' && observed?.decision === 'FAILED';

/** The ways in which such an answer may be given now. */
export function endsToldBy(moment: Moment, call: Call): Effect[] {
  switch (call.operation.kind) {
    case 'cancel':
      return (call.lines ?? [call]).flatMap((line) => endOfOrder(moment, line));
    case 'redeem':
      return endOfVoucher(moment, call);
    case 'register':
      return tellGone(moment, call);
    default:
      return endOfAttempt(moment, call);
  }
}

/** An order can no longer be cancelled because it was cancelled, or because it was fulfilled, which no call tells. */
function endOfOrder({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const hold = boughtBy(world.holds, operation.order);
  const step: Step = { atMs: nowMs, event: 'refused', call: operation.id };
  const asItIs: Effect = { world, step, isComplete: true };
  if (waived('cancelRefusal')) return [asItIs];
  if (hold === undefined || hold.buyer !== operation.buyer) return [];
  if (hold.state !== 'sold') return [asItIs];
  const fulfilled = withChange(world, hold, { state: 'fulfilled' });
  const end: Step = { ...step, event: 'fulfilled', hold: hold.id };
  return [{ world: fulfilled, step: end, isComplete: true }];
}

function endOfVoucher({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const hold = holdOfVoucher(world.holds, operation.voucher);
  const step: Step = { atMs: nowMs, event: 'refused', call: operation.id };
  if (waived('voucherRefusal')) return [{ world, step, isComplete: true }];
  if (hold?.voucher === undefined || hold.buyer !== operation.buyer) return [];
  const over = withChange(world, hold, { voucher: { ...hold.voucher, isOver: true } });
  return [{ world: over, step, isComplete: true }];
}

function endOfAttempt({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const { sku = '', buyer = '', id } = operation;
  const attempt = attemptOf(world, sku, buyer);
  const step: Step = { atMs: nowMs, event: 'read', call: id };
  const asItIs: Effect = { world, step, isComplete: true };
  if (waived('decision') || attempt?.status === 'failed') return [asItIs];
  if (attempt?.status !== 'pending') return [];
  return [{ ...asItIs, world: withDecision(world, attempt, { status: 'failed' }) }];
}
