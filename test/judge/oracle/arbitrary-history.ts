import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import {
  numbered,
  REFUSALS,
  refusedWith,
  type SmallHistory,
  type SmallKind,
  unanswered,
} from './history.ts';
import type { Random } from './random.ts';
import { randomRequest } from './requests.ts';

/** Answers that nobody decided: anything goes that a buyer could have asked for. Many such histories are impossible. */
export function arbitraryHistory(random: Random, sale: SaleFacts, callCount: number): SmallHistory {
  const operations: Operation[] = [];
  let nowMs = 0;
  for (let id = 1; id <= callCount; id++) {
    nowMs += random.chance(6) ? random.int(5, 20) : random.int(0, 3);
    const request = randomRequest(random, sale, operations, id, nowMs);
    operations.push(answered(random, sale, request, (nowMs + random.int(0, 5)) * 1e6));
  }
  return { sale, operations: numbered(operations) };
}

/** Gives a request one of the answers that its kind can have. */
export function answered(
  random: Random,
  sale: SaleFacts,
  request: Operation,
  completedAtNs: number,
): Operation {
  if (random.chance(8)) return unanswered(request);
  if (request.kind === 'read') {
    const total = sale.skus.find(({ skuId }) => skuId === request.sku)?.total ?? 0;
    const available = random.int(0, total);
    const reserved = random.int(0, total - available);
    const observed = { available, reserved, sold: total - available - reserved };
    return { ...request, outcome: 'ok', status: 200, observed, completedAtNs };
  }
  const refusals = REFUSALS[request.kind as SmallKind];
  const isRefused = random.chance(request.kind === 'reserve' ? 30 : 25);
  if (isRefused) {
    const code =
      request.kind === 'reserve' && random.chance(60) ? refusals[0] : random.pick(refusals);
    return refusedWith(request, code, completedAtNs);
  }
  return { ...accepted(request, random), completedAtNs };
}

/** The request with a yes, and with what the yes names. */
export function accepted(request: Operation, random: Random): Operation {
  const { kind, id, hold, order } = request;
  const yes: Operation = { ...request, outcome: 'ok', status: 200 };
  delete yes.code;
  if (kind === 'reserve') return { ...yes, hold: hold ?? `hold-${id}` };
  if (kind !== 'confirm') return yes;
  return {
    ...yes,
    order: order ?? `order-${id}`,
    ...(random.chance(10) && { newHold: `again-${id}` }),
  };
}
