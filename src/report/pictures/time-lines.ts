import type { CheckResult, Witness } from '../../checkers/checker.ts';
import { buyerOf, timeOfDay } from '../../checkers/prose.ts';
import type { Verdict } from '../../checkers/verdict.ts';
import { type Operation, type SaleFacts, takesStock } from '../../history/operation.ts';
import type { RecordedHistory } from '../../history/parser.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { traceOfCall } from '../../kernel/trace-ids.ts';
import { count, shortId } from '../../kernel/wording.ts';
import type { LedgerMovement } from '../../protocol/ledger.ts';
import { createSaleClock, type SaleClock } from './charts/sale-clock.ts';
import type { Bar, Movement, TimeLine, Tone } from './pictures.ts';

/** The most movements that are shown between the calls of one witness. */
const MOVEMENTS_MAX = 16;

/** Draws the witness of each check that did not pass: the calls of each buyer over time, and the ledger between them. */
export const timeLinesOf = (history: RecordedHistory, { checks }: Verdict): TimeLine[] =>
  checks.flatMap(({ name, status, witness }: CheckResult): TimeLine[] => {
    if (witness === undefined || (status !== 'invalid' && status !== 'unknown')) return [];
    return [{ check: name, status, ...drawWitness(history, witness) }];
  });

function drawWitness(
  { sale, ledger }: RecordedHistory,
  { prose, operations }: Witness,
): Omit<TimeLine, 'check' | 'status'> {
  const clock = createSaleClock(sale);
  const span = spanOf(operations, clock);
  const placeOf = (seconds: number): number =>
    Math.min(1, Math.max(0, (seconds - span.from) / (span.to - span.from)));
  const movements = movementsOf(operations, ledger?.movements ?? [], clock, span);
  const nsOf = (seconds: number): number => sale.startedAtNs + seconds * 1e9;
  return {
    prose,
    begins: timeOfDay(nsOf(span.from), sale),
    ends: timeOfDay(nsOf(span.to), sale),
    lanes: [...groupBy(operations, buyerOf)].map(([name, calls]) => ({
      name,
      bars: calls.map((call) => barOf(call, sale, (atNs) => placeOf(clock.ofNs(atNs)))),
    })),
    movements: movements.map(
      ({ at, sequence, kind, quantity, reservationId }): Movement => ({
        at: placeOf(clock.ofIso(at)),
        text: `movement ${sequence}: ${kind} ${count(quantity, 'unit')}, reservation ${shortId(reservationId ?? undefined)}`,
      }),
    ),
  };
}

interface Span {
  from: number;
  to: number;
}

/** The time of the calls, with a margin so that the first and the last bar are seen whole. */
function spanOf(operations: Operation[], clock: SaleClock): Span {
  const moments = operations
    .flatMap(({ invokedAtNs, completedAtNs }) => [invokedAtNs, completedAtNs])
    .filter(Number.isFinite)
    .map(clock.ofNs);
  const from = Math.min(...moments);
  const to = Math.max(...moments);
  const margin = Math.max((to - from) * 0.05, 0.001);
  return moments.length === 0 ? { from: 0, to: 1 } : { from: from - margin, to: to + margin };
}

const TONE_OF = { ok: 'good', fail: 'quiet', info: 'warn' } as const satisfies Record<
  Operation['outcome'],
  Tone
>;

const ANSWER_OF = { ok: 'yes', fail: 'no', info: 'nobody knows' } as const;

function barOf(call: Operation, sale: SaleFacts, placeOf: (atNs: number) => number): Bar {
  const { kind, quantity, sku, hold, order, voucher, outcome, code, status, requestId } = call;
  const what = takesStock(kind)
    ? `${kind} ${quantity} of ${sku ?? '(unnamed)'}`
    : `${kind} ${shortId(voucher ?? order ?? hold)}`;
  const told = code ?? (status > 0 ? String(status) : undefined);
  const answer = `${ANSWER_OF[outcome]}${told === undefined ? '' : ` (${told})`}`;
  const given = takesStock(kind) && hold !== undefined ? `, reservation ${shortId(hold)}` : '';
  const until = Number.isFinite(call.completedAtNs)
    ? timeOfDay(call.completedAtNs, sale)
    : 'never answered';
  const request = requestId === undefined ? '' : `, request ${requestId}`;
  const trace = sale.traces ? traceOfCall(call.callId) : undefined;
  const where = `${request}${trace === undefined ? '' : `, trace ${trace.traceId}`}`;
  return {
    from: placeOf(call.invokedAtNs),
    to: placeOf(call.completedAtNs),
    isOpen: !Number.isFinite(call.completedAtNs),
    tone: TONE_OF[outcome],
    text: `${what} → ${answer}${given}; ${timeOfDay(call.invokedAtNs, sale)} – ${until}${where}`,
  };
}

/** The movements of the holds that the calls name; if there are none, those of their SKUs within the time of the calls. */
function movementsOf(
  operations: Operation[],
  movements: LedgerMovement[],
  clock: SaleClock,
  span: Span,
): (LedgerMovement & { at: string })[] {
  const timed = movements.filter((row): row is LedgerMovement & { at: string } => row.at !== null);
  const holds = new Set(operations.flatMap(({ hold, newHold }) => [hold, newHold]));
  const own = timed.filter(({ reservationId }) => holds.has(reservationId ?? undefined));
  if (own.length > 0) return own.slice(0, MOVEMENTS_MAX);
  const skus = new Set(operations.map(({ sku }) => sku));
  return timed
    .filter(({ skuId, at }) => {
      const seconds = clock.ofIso(at);
      return skus.has(skuId) && seconds >= span.from && seconds <= span.to;
    })
    .slice(0, MOVEMENTS_MAX);
}
