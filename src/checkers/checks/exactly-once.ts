import type { Operation } from '../../history/operation.ts';
import { count, shortId } from '../../kernel/wording.ts';
import type { Checker } from '../checker.ts';
import { witnessOfCalls } from '../prose.ts';
import { indexLedger, isMade, type LedgerIndex } from '../reading/ledger-index.ts';
import { groupByKey } from '../reading/wishes.ts';

/**
 * One Idempotency-Key with more than one effect, or answered yes in two different ways, or yes and later no, or yes
 * without the effect. The key names a buyer's wish, however often it is sent. `unknown` when a call that nobody can settle
 * may have had a second effect: no answer came, and no ledger stores the ids of such calls.
 */
export const exactlyOnce: Checker = {
  name: 'exactly-once',
  needs: [],
  check(evidence) {
    const wishes = groupByKey(evidence.operations);
    if (wishes.length === 0) {
      return { status: 'skipped', summary: 'no call carried an Idempotency-Key' };
    }
    const repeated = wishes.filter(({ length }) => length > 1);
    const { index: ledger } = indexLedger(evidence);
    const effects = countEffects(ledger);
    for (const calls of wishes) {
      const wrong = contradictionInAnswers(calls) ?? effects(calls);
      if (wrong === undefined) continue;
      const [{ idempotencyKey }] = calls;
      return {
        status: 'invalid',
        summary: describeKey(idempotencyKey, wrong),
        witness: witnessOfCalls(
          `${count(calls.length, 'call')} carried the Idempotency-Key ${shortId(idempotencyKey)}, and ${wrong}:`,
          calls,
          evidence.sale,
        ),
      };
    }
    const open = repeated.find((calls) => mayHaveTwo(calls, ledger));
    if (open !== undefined) {
      const [{ idempotencyKey }] = open;
      return {
        status: 'unknown',
        summary: `a call with Idempotency-Key ${shortId(idempotencyKey)} got no answer, and may have had a second effect`,
        witness: witnessOfCalls(
          `${count(open.length, 'call')} carried the Idempotency-Key ${shortId(idempotencyKey)}. No ledger tells how many effects they had:`,
          open,
          evidence.sale,
        ),
      };
    }
    const limits = ledger === undefined ? ', as far as the answers tell' : '';
    return {
      status: 'valid',
      summary: `${count(wishes.length, 'key')}, ${repeated.length} of them sent more than once, had one effect each${limits}`,
    };
  },
};

export const describeKey = (key: string | undefined, wrong: string): string =>
  `the calls with Idempotency-Key ${shortId(key)} ${wrong}`;

/** The contradiction between the answers to one wish, as the rest of a sentence; undefined if there is none. */
export const contradictionInAnswers = (calls: Operation[]): string | undefined =>
  answeredDifferently(calls) ?? refusedLater(calls);

/** The facts that a yes names. Two answers to one wish name the same ones. */
const NAMED = ['hold', 'order', 'voucher', 'sequence'] as const;

function answeredDifferently(calls: Operation[]): string | undefined {
  const answered = calls.filter(({ outcome }) => outcome === 'ok');
  const [first] = answered;
  for (const call of answered.slice(1)) {
    const what = NAMED.find((name) => call[name] !== first?.[name]);
    if (what !== undefined) return `were told of two different ${PLURALS[what]}`;
  }
  return undefined;
}

const PLURALS = {
  hold: 'reservations',
  order: 'orders',
  voucher: 'vouchers',
  sequence: 'stock movements',
} as const satisfies Record<(typeof NAMED)[number], string>;

/** Statuses given before the wish is looked at: about the caller, the rate of calls, and the server's state. */
const NOT_ABOUT_THE_WISH = new Set([401, 403, 408, 429, 503]);

function refusedLater(calls: Operation[]): string | undefined {
  let answeredNs = Number.POSITIVE_INFINITY;
  for (const { outcome, completedAtNs } of calls) {
    if (outcome === 'ok') answeredNs = Math.min(answeredNs, completedAtNs);
  }
  const isRefused = ({ outcome, status, invokedAtNs }: Operation): boolean =>
    outcome === 'fail' && status > 0 && !NOT_ABOUT_THE_WISH.has(status) && invokedAtNs > answeredNs;
  return calls.some(isRefused) ? 'were answered yes, and later no' : undefined;
}

/**
 * Creates the test of the ledger: the number of effects of some calls, as the rest of a sentence. Undefined when there is
 * exactly one effect, or when the ledger stores no call ids.
 */
function countEffects(ledger: LedgerIndex | undefined): (calls: Operation[]) => string | undefined {
  if (ledger === undefined) return () => undefined;
  const made = ledger.orders.filter(isMade);
  const byCallId: Partial<Record<Operation['kind'], Map<string, number>>> = {
    reserve: tally(ledger.reservations, ({ callId }) => callId),
    confirm: tally(made, ({ callId }) => callId),
    buy: tally(made, ({ callId }) => callId),
    register: tally(made, ({ callId }) => callId),
    attempt: tally(ledger.attempts, ({ callId }) => callId),
    redeem: tally(ledger.vouchers, ({ usedByCallId }) => usedByCallId),
    'check-in': tally(ledger.tickets, ({ checkedInByCallId }) => checkedInByCallId),
  };
  return (calls) => {
    const kind = calls[0]?.kind as Operation['kind'];
    const effects = byCallId[kind];
    // Without stored call ids the effects cannot be counted.
    if (effects === undefined || effects.size === 0) return undefined;
    let sum = 0;
    for (const { callId } of calls) sum += effects.get(callId ?? '') ?? 0;
    if (sum > 1) return `had ${sum} effects in the final ledger`;
    const isAcknowledged = calls.some(({ outcome }) => outcome === 'ok');
    const isSent = calls.every(({ callId }) => callId !== undefined);
    // A described shop may delete what was cancelled.
    return isAcknowledged && isSent && sum === 0 && ledger.attribution === undefined
      ? 'were answered yes, and the final ledger has no effect of them'
      : undefined;
  };
}

/** True when nobody can tell if the calls had more than one effect. */
function mayHaveTwo(calls: Operation[], ledger: LedgerIndex | undefined): boolean {
  const possible = calls.filter(({ outcome }) => outcome !== 'fail');
  const [first] = possible;
  if (first === undefined || possible.length < 2 || isSettled(first.kind, ledger)) return false;
  return possible.some(({ outcome }) => outcome === 'info');
}

/** True when the ledger tells which calls of a kind had an effect. */
function isSettled(kind: Operation['kind'], ledger: LedgerIndex | undefined): boolean {
  if (kind === 'read') return true;
  if (ledger === undefined) return false;
  const { keeps, reservations, orders, attempts, vouchers, tickets } = ledger;
  const hasCallIds = (rows: { callId: string | null }[]): boolean =>
    rows.length === 0 || rows.some(({ callId }) => callId !== null);
  switch (kind) {
    case 'reserve':
      return keeps('reservation') && hasCallIds(reservations);
    case 'confirm':
    case 'buy':
    case 'register':
      return keeps('order') && hasCallIds(orders);
    case 'attempt':
      return keeps('attempt') && hasCallIds(attempts);
    case 'redeem':
      return (
        keeps('voucher') &&
        vouchers.every((row) => row.usedAt === null || row.usedByCallId !== null)
      );
    case 'check-in':
      return (
        keeps('ticket') &&
        tickets.every((row) => row.checkedInAt === null || row.checkedInByCallId !== null)
      );
    // A hold or an order ends once, however often it is asked for: what ended twice shows in their states.
    case 'release':
    case 'cancel':
      return keeps('reservation') || keeps('movement');
    // A check of its own looks at what was stored and counted of them.
    case 'track':
      return keeps('track');
  }
}

function tally<Row>(rows: Row[], callIdOf: (row: Row) => string | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const callId = callIdOf(row);
    if (callId !== null) counts.set(callId, (counts.get(callId) ?? 0) + 1);
  }
  return counts;
}
