import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { createCorrectShop } from './correct-shop.ts';
import type { Step } from './effects.ts';
import { numbered, type SmallHistory, unanswered } from './history.ts';
import type { Random } from './random.ts';
import { randomRequest } from './requests.ts';

/** A call under way, at first as if it were answered yes. */
interface Running {
  request: Operation;
  /** The answer, once the shop has decided. */
  answer?: Operation;
  /** True when its buyer waits no longer; the shop may still decide it. */
  isGivenUp: boolean;
}

/** Lets a correct shop serve a few buyers, whose calls overlap, repeat, come late, and lose their answers. */
export function executedHistory(random: Random, sale: SaleFacts, callCount: number): SmallHistory {
  const shop = createCorrectShop(sale, random);
  const ended: Operation[] = [];
  const running = new Set<Running>();
  let started = 0;

  while (started < callCount || [...running].some(({ isGivenUp }) => !isGivenUp)) {
    for (let actions = random.int(0, 6); actions > 0; actions--) act();
    for (let idle = random.chance(2) ? 15 : 1; idle > 0; idle--) shop.pass();
  }
  const { steps, holds, nowMs } = shop;
  return renumbered({ sale, operations: ended, truth: { steps, holds, nowMs } });

  function act(): void {
    const what = random.int(1, 10);
    if (what <= 3) begin();
    else if (what <= 6) decide();
    else if (what <= 9) answer();
    else shop.sweep('one');
  }

  function begin(): void {
    if (started === callCount) return;
    started += 1;
    const request = randomRequest(random, sale, ended, started, shop.nowMs);
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
      ended.push(unanswered(call.request));
    } else if (call.answer !== undefined) {
      running.delete(call);
      ended.push({ ...call.answer, completedAtNs: shop.nowMs * 1e6 });
    }
  }
}

/** Calls are numbered in the order of their requests; what the shop noted names them by these numbers too. */
function renumbered({ sale, operations, truth }: Required<SmallHistory>): SmallHistory {
  const sorted = numbered(operations);
  const numbers = new Map(sorted.map(({ callId, id }) => [callId, id]));
  const steps = truth.steps.map((step): Step => {
    if (step.call === undefined) return step;
    return { ...step, call: numbers.get(`call-${step.call}`) as number };
  });
  return { sale, operations: sorted, truth: { ...truth, steps } };
}
