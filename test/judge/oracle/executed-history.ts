import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { createCorrectShop } from './correct-shop.ts';
import { numbered, type SmallHistory, unanswered } from './history.ts';
import type { Step } from './moment.ts';
import type { Random } from './random.ts';
import { type Habits, randomRequest } from './requests.ts';
import type { Hold } from './shop.ts';
import type { World } from './world.ts';

/** A call under way, or the lines of a basket, at first as if it were answered yes. */
interface Running {
  request: Operation[];
  /** The answer, once the shop has decided. */
  answer?: Operation[];
  /** True when its buyer waits no longer; the shop may still decide it. */
  isGivenUp: boolean;
}

/** Lets a correct shop serve a few buyers, whose calls overlap, repeat, come late, and lose their answers. */
export function executedHistory(
  random: Random,
  sale: SaleFacts,
  habits: Habits,
  callCount: number,
): SmallHistory {
  const shop = createCorrectShop(sale, random, habits);
  const sent: Operation[] = [];
  const ended: Operation[] = [];
  const running = new Set<Running>();

  while (sent.length < callCount || [...running].some(({ isGivenUp }) => !isGivenUp)) {
    for (let actions = random.int(0, 6); actions > 0; actions--) act();
    for (let idle = random.chance(2) ? 15 : 1; idle > 0; idle--) shop.pass();
  }
  const { steps, world, nowMs } = shop;
  return renumbered({ sale, operations: ended, truth: { steps, world, nowMs } });

  function act(): void {
    const what = random.int(1, 11);
    if (what <= 3) begin();
    else if (what <= 6) decide();
    else if (what <= 9) answer();
    else if (random.chance(50)) shop.sweep('one');
    else shop.work();
  }

  function begin(): void {
    if (sent.length >= callCount) return;
    const request = randomRequest(random, sale, habits, { sent, ended }, shop.nowMs);
    sent.push(...request);
    running.add({ request, isGivenUp: false });
  }

  function decide(): void {
    const call = random.anyOf([...running].filter((candidate) => candidate.answer === undefined));
    if (call !== undefined) call.answer = shop.decide(call.request);
  }

  function answer(): void {
    const call = random.anyOf([...running].filter(({ isGivenUp }) => !isGivenUp));
    if (call === undefined) return;
    if (random.chance(10)) {
      call.isGivenUp = true;
      ended.push(...call.request.map(unanswered));
    } else if (call.answer !== undefined) {
      running.delete(call);
      const completedAtNs = shop.nowMs * 1e6;
      ended.push(...call.answer.map((line) => ({ ...line, completedAtNs })));
    }
  }
}

/** Calls are numbered in the order of their requests; what the shop noted names them by these numbers too. */
function renumbered({ sale, operations, truth }: Required<SmallHistory>): SmallHistory {
  const sorted = numbered(operations);
  const numbers = new Map(sorted.map(({ callId, id }) => [callId, id]));
  const numberOf = (call: number): number => numbers.get(`call-${call}`) as number;
  const steps = truth.steps.map(({ call, ...step }): Step => {
    return call === undefined ? step : { ...step, call: numberOf(call) };
  });
  const { holds, attempts, tickets } = truth.world;
  const world: World = {
    ...truth.world,
    tickets: tickets.map((ticket) => ({ ...ticket, call: numberOf(ticket.call) })),
    attempts: attempts.map((attempt) => ({ ...attempt, call: numberOf(attempt.call) })),
    holds: holds.map((hold): Hold => {
      const { usedBy } = hold.voucher ?? {};
      if (hold.voucher === undefined || usedBy === undefined) return hold;
      return { ...hold, voucher: { ...hold.voucher, usedBy: numberOf(usedBy) } };
    }),
  };
  return { sale, operations: sorted, truth: { ...truth, steps, world } };
}
