import {
  NOT_ALONE,
  type Operation,
  ofSomeLine,
  type SaleFacts,
} from '../../../src/history/operation.ts';
import { ALL_NEW } from './analytics.ts';
import {
  numbered,
  QUEST_REFUSALS,
  REFUSALS,
  refusedWith,
  type SmallHistory,
  type SmallKind,
  unanswered,
} from './history.ts';
import type { Random } from './random.ts';
import { type Habits, randomRequest } from './requests.ts';

/** Answers that nobody decided: anything goes that a buyer could have asked for. Many such histories are impossible. */
export function arbitraryHistory(
  random: Random,
  sale: SaleFacts,
  habits: Habits,
  callCount: number,
): SmallHistory {
  const sent: Operation[] = [];
  const operations: Operation[] = [];
  let nowMs = 0;
  while (operations.length < callCount) {
    nowMs += random.chance(6) ? random.int(5, 20) : random.int(0, 3);
    const lines = randomRequest(random, sale, habits, { sent, ended: operations }, nowMs);
    sent.push(...lines);
    operations.push(...answered(random, sale, habits, lines, (nowMs + random.int(0, 5)) * 1e6));
  }
  return { sale, operations: numbered(operations) };
}

/** Gives a request one of the answers that its kind can have: a call, or the lines of a basket. */
export function answered(
  random: Random,
  sale: SaleFacts,
  habits: Habits,
  lines: readonly Operation[],
  completedAtNs: number,
): Operation[] {
  if (random.chance(8)) return lines.map(unanswered);
  const [request, ...others] = lines as [Operation, ...Operation[]];
  if (request.kind === 'read') {
    const observed = observedBy(random, sale, request);
    return [{ ...request, outcome: 'ok', status: 200, observed, completedAtNs }];
  }
  const isOfQuest = habits.sells === 'rewards' && request.kind === 'register';
  const refusals = isOfQuest ? QUEST_REFUSALS : REFUSALS[request.kind as SmallKind];
  const isRefused = random.chance(request.kind === 'reserve' ? 30 : 25);
  if (isRefused) {
    const code =
      request.kind === 'reserve' && random.chance(60) ? refusals[0] : random.pick(refusals);
    const codes = others.length === 0 ? [code] : codesOfLines(random, lines, code);
    return lines.map((line, place) => refusedWith(line, codes[place] ?? code, completedAtNs));
  }
  return lines.map((line) => ({ ...accepted(line, random, habits), completedAtNs }));
}

/** The codes of a refused basket: of one of its lines or of both where units are wanted, with or without a word of which. */
function codesOfLines(random: Random, lines: readonly Operation[], code: string): string[] {
  const all = lines.map(() => code);
  const wantsUnits = lines[0]?.kind === 'reserve' || lines[0]?.kind === 'buy';
  if (!wantsUnits || OF_ALL_LINES.has(code) || random.chance(25)) return all;
  if (random.chance(25)) return all.map(ofSomeLine);
  return all.with(random.int(0, lines.length - 1), NOT_ALONE);
}

/** The codes that no line has alone. */
const OF_ALL_LINES = new Set(['RATE_LIMITED', 'CONTENTION_LOST']);

function observedBy(
  random: Random,
  sale: SaleFacts,
  { sku, observed }: Operation,
): Operation['observed'] {
  if (observed?.decision !== undefined) {
    return { decision: random.pick(['SUCCESS', 'FAILED', 'PENDING']) };
  }
  const total = sale.skus.find(({ skuId }) => skuId === sku)?.total ?? 0;
  const available = random.int(0, total);
  const reserved = random.int(0, total - available);
  return { available, reserved, sold: total - available - reserved };
}

/** Only a call with a key repeats events. */
const tellsNew = ({ idempotencyKey }: Operation, random: Random): boolean =>
  idempotencyKey === undefined || random.chance(60);

/** The request with a yes, and with what the yes names. Calls with one key are told of the same things, nearly always. */
export function accepted(
  request: Operation,
  random: Random,
  { tellsHold, tellsOrder }: Habits,
): Operation {
  const { kind, id, hold, order, voucher, idempotencyKey } = request;
  const yes: Operation = { ...request, outcome: 'ok', status: 200 };
  delete yes.code;
  const name = idempotencyKey === undefined || random.chance(10) ? id : idempotencyKey;
  if (kind === 'track') return { ...yes, status: tellsNew(request, random) ? ALL_NEW : 200 };
  if (kind === 'reserve') return { ...yes, hold: hold ?? `hold-${name}` };
  if (kind === 'register') {
    const made = { hold: hold ?? `hold-${name}`, order: order ?? `order-${name}` };
    return { ...yes, ...made, voucher: voucher ?? `voucher-${name}` };
  }
  if (kind === 'buy') {
    return {
      ...yes,
      ...(tellsHold && { hold: hold ?? `hold-${name}` }),
      ...(tellsOrder && { order: order ?? `order-${name}` }),
    };
  }
  if (kind !== 'confirm') return yes;
  return {
    ...yes,
    order: order ?? `order-${name}`,
    ...(request.basket === undefined && random.chance(10) && { newHold: `again-${name}` }),
  };
}
