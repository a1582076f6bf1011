import type { Operation, SaleFacts } from '../../../history/operation.ts';
import { serverMetrics } from '../../../metrics/catalogue.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import type { MovementKind } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall, timeOfDay, witnessOperations } from '../../prose.ts';
import { countUpTo } from '../../reading/count-up-to.ts';
import { createSoldOutTest } from '../../reading/sold-out.ts';
import { findWishes } from '../../reading/wishes.ts';
import type { CountedInstance, Disagreement } from './instance.ts';

/** Something that buyers and a counter both count. */
interface Tally {
  /** Plural noun: `purchases`. */
  what: string;
  metric: string;
  outcome: string;
  /** The stock movement that goes with each of them. */
  movement?: MovementKind;
  /** True when an answered call was surely counted. */
  isCounted(operation: Operation): boolean;
  /** True when a call without an answer may have been counted. */
  mayBeCounted(operation: Operation): boolean;
}

function talliesOf(sale: SaleFacts): Tally[] {
  const isSoldOut = createSoldOutTest(sale);
  const isOpen =
    (kind: Operation['kind']) =>
    (operation: Operation): boolean =>
      operation.kind === kind && operation.outcome === 'info';
  return [
    {
      what: 'reservations made',
      metric: serverMetrics.reservations.name,
      outcome: 'held',
      movement: 'RESERVED',
      isCounted: ({ kind, outcome }) => kind === 'reserve' && outcome === 'ok',
      mayBeCounted: isOpen('reserve'),
    },
    {
      what: 'refusals for want of stock',
      metric: serverMetrics.reservations.name,
      outcome: 'out_of_stock',
      isCounted: (call) => call.kind === 'reserve' && isSoldOut(call),
      mayBeCounted: isOpen('reserve'),
    },
    {
      what: 'purchases',
      metric: serverMetrics.orders.name,
      outcome: 'sold',
      movement: 'SOLD',
      isCounted: ({ kind, outcome }) => kind === 'confirm' && outcome === 'ok',
      mayBeCounted: isOpen('confirm'),
    },
    {
      what: 'registrations',
      metric: serverMetrics.registrations.name,
      outcome: 'registered',
      isCounted: ({ kind, outcome }) => kind === 'register' && outcome === 'ok',
      mayBeCounted: isOpen('register'),
    },
  ];
}

/** Finds the first scrape of an instance whose counters the calls to that instance cannot explain. */
export function againstCalls(
  instance: CountedInstance,
  evidence: Evidence,
): Disagreement | undefined {
  const { calls, hasGap } = instance;
  const { scrapes, increase } = instance.counters;
  if (calls === undefined) return undefined;
  const { sale } = evidence;
  const { isRepeated } = findWishes(evidence);
  for (const tally of talliesOf(sale)) {
    // An answer from memory was counted once: when and where the first call was decided.
    const counted = calls.filter((call) => tally.isCounted(call) && !isRepeated(call));
    const answeredNs = sorted(counted.map(({ completedAtNs }) => completedAtNs));
    const possible = calls.filter((call) => tally.isCounted(call) || tally.mayBeCounted(call));
    const invokedNs = sorted(possible.map(({ invokedAtNs }) => invokedAtNs));
    const values = increase(tally.metric, { outcome: tally.outcome });
    for (const [place, scrape] of scrapes.entries()) {
      const value = values[place] as number;
      // An answer in the same nanosecond as the scrape may be later than the scrape.
      const least = hasGap ? 0 : countUpTo(answeredNs, scrape.startedAtNs - 1);
      const most = countUpTo(invokedNs, scrape.endedAtNs);
      if (least <= value && value <= most) continue;
      return describeDisagreement(tally, { value, least, most, scrape, counted }, evidence);
    }
  }
  return undefined;
}

function describeDisagreement(
  tally: Tally,
  found: {
    value: number;
    least: number;
    most: number;
    scrape: MetricsScrape;
    counted: Operation[];
  },
  evidence: Evidence,
): Disagreement {
  const { value, least, most, scrape, counted } = found;
  const { sale } = evidence;
  const bounds = least === most ? `${least}` : `${least} to ${most}`;
  const at = timeOfDay(scrape.endedAtNs, sale);
  const summary = `${scrape.instance} counted ${value} ${tally.what} at ${at}, the buyers' calls make it ${bounds}`;
  const lastAnswered = counted
    .filter(({ completedAtNs }) => completedAtNs <= scrape.startedAtNs)
    .sort((a, b) => a.completedAtNs - b.completedAtNs)
    .slice(-3);
  const examples = value < least ? lastAnswered : [];
  const prose = [
    `At ${at}, ${tally.metric}{outcome="${tally.outcome}"} of ${scrape.instance} had risen by ${value}.`,
    value < least
      ? `Before the scrape began, ${least} ${tally.what} had been answered there.`
      : `When the scrape ended, no more than ${most} ${tally.what} can have been decided there.`,
    nameTheWrongLayer(tally, evidence),
    ...(examples.length > 0 ? ['The last answered before it:'] : []),
    ...examples.map((call) => `${describeCall(call, sale)}.`),
  ].join(' ');
  return { summary, witness: { prose, operations: witnessOperations(examples) } };
}

/** Names the layer that disagrees with the other two: with the ledger as a third witness, two usually agree. */
function nameTheWrongLayer(tally: Tally, { operations, ledger }: Evidence): string {
  if (ledger === undefined || tally.movement === undefined) {
    return 'Which of the two is wrong, a final ledger would tell.';
  }
  const moved = ledger.movements.filter(({ kind }) => kind === tally.movement).length;
  const surely = operations.filter(tally.isCounted).length;
  const atMost = surely + operations.filter(tally.mayBeCounted).length;
  return surely <= moved && moved <= atMost
    ? `The ledger has ${moved} in all, as the buyers were told: the counter is wrong.`
    : `The ledger has ${moved} in all, the buyers were told of ${surely}: they were told something else than happened.`;
}

const sorted = (times: number[]): Float64Array => Float64Array.from(times).sort();
