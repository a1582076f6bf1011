import { store } from './analytics.ts';
import { buyBasket, holdBasket } from './basket-purchases.ts';
import { together } from './baskets.ts';
import { type Call, namesOf } from './calls.ts';
import { accept } from './flash-sale.ts';
import type { Effect, Moment, Step } from './moment.ts';
import { giveReward } from './quests.ts';
import { redeem, takeAndSell } from './sale-at-once.ts';
import { boughtBy, holdOf } from './shop.ts';
import { letIn } from './tickets.ts';
import { holdAgain, sell, take } from './units.ts';
import { withChange } from './world.ts';

/** Everything that a call with a yes, or without an answer, may do now. */
export function effectsOf(moment: Moment, call: Call, isHalfDone: boolean): Effect[] {
  if (call.lines !== undefined) return effectsOfLines(moment, call.lines, isHalfDone);
  switch (call.operation.kind) {
    case 'reserve':
      return reserve(moment, call);
    case 'confirm':
      return confirm(moment, call, isHalfDone);
    case 'release':
      return release(moment, call);
    case 'cancel':
      return cancel(moment, call);
    case 'register':
      return call.isOfQuest ? giveReward(moment, call) : takeAndSell(moment, call, isHalfDone);
    case 'buy':
      return takeAndSell(moment, call, isHalfDone);
    case 'redeem':
      return redeem(moment, call);
    case 'attempt':
      return accept(moment, call);
    case 'check-in':
      return letIn(moment, call);
    case 'track':
      return store(moment, call);
    default:
      return [];
  }
}

/** Units of a basket are never taken again for a late payment. */
function effectsOfLines(moment: Moment, lines: readonly Call[], isHalfDone: boolean): Effect[] {
  const kind = lines[0]?.operation.kind;
  if (kind === 'buy') return buyBasket(moment, lines, isHalfDone);
  return together(moment, lines, (now, line) => {
    const { hold } = line.operation;
    const [effect] =
      kind === 'confirm'
        ? sell(now, line, holdOf(now.world.holds, hold))
        : effectsOf(now, line, false);
    return effect;
  });
}

/** The effects that a call may have had although it was refused. */
export function effectsInVain(moment: Moment, call: Call): Effect[] {
  const { kind, hold } = call.operation;
  if (kind === 'confirm') return holdAgain(moment, call, holdOf(moment.world.holds, hold));
  return call.lines === undefined ? reserve(moment, call) : holdBasket(moment, call.lines);
}

const reserve = (moment: Moment, call: Call): Effect[] =>
  take(moment, call).map((effect) => ({ ...effect, isComplete: true }));

function confirm(moment: Moment, call: Call, isHalfDone: boolean): Effect[] {
  const { operation } = call;
  const { holds } = moment.world;
  if (isHalfDone) return sell(moment, call, holdOf(holds, namesOf(call).hold));
  const hold = holdOf(holds, operation.hold);
  const told = operation.outcome === 'ok' ? operation : call.wish?.told;
  if (told?.newHold !== undefined) return holdAgain(moment, call, hold);
  const inTime = sell(moment, call, hold);
  if (told !== undefined) return inTime;
  return [...inTime, ...holdAgain(moment, call, hold)];
}

function release({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const hold = holdOf(world.holds, operation.hold);
  if (hold === undefined) return [];
  if (hold.state !== 'live' && !waived('release')) return [];
  if (hold.buyer !== operation.buyer && !waived('owner')) return [];
  const step: Step = { atMs: nowMs, event: 'released', hold: hold.id, call: operation.id };
  return [{ world: withChange(world, hold, { state: 'released' }), step, isComplete: true }];
}

function cancel({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const hold = boughtBy(world.holds, operation.order);
  if (hold === undefined) return [];
  if (hold.state !== 'sold' && !waived('cancel')) return [];
  if (hold.buyer !== operation.buyer && !waived('owner')) return [];
  const step: Step = { atMs: nowMs, event: 'returned', hold: hold.id, call: operation.id };
  return [{ world: withChange(world, hold, { state: 'returned' }), step, isComplete: true }];
}
