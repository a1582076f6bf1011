import { serverMetrics } from '../../../metrics/catalogue.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall, timeOfDay, witnessOperations } from '../../prose.ts';
import { countUpTo } from '../../reading/count-up-to.ts';
import { findWishes } from '../../reading/wishes.ts';
import {
  type AnsweredCalls,
  answerOf,
  OPEN,
  requestKindOf,
  sortCalls,
  timesOfCalls,
} from './answered-calls.ts';
import { DECISION_TALLIES, type Tally } from './decisions.ts';
import type { CountedInstance, Disagreement } from './instance.ts';

/** Finds the first scrape of an instance whose counters of decisions the calls to that instance cannot explain. */
export function againstCalls(
  instance: CountedInstance,
  evidence: Evidence,
): Disagreement | undefined {
  const { calls, isSure } = instance;
  if (calls === undefined) return undefined;
  const { isRepeated } = findWishes(evidence);
  // An answer from memory was counted once: when and where the first call was decided.
  const times = timesOfCalls(sortCalls(calls), (call) => isRepeated(call) || !isSure(call));
  for (const tally of DECISION_TALLIES) {
    if (!isExposed(tally, instance)) continue;
    const found = compareTally(tally, times, instance);
    if (found !== undefined) return describeDisagreement(tally, found, instance, evidence);
  }
  return undefined;
}

/**
 * True when an instance counts a decision, so that a label that it does not show means 0. A counter has no sample before it
 * first rises; a server with the whole catalogue has it all the same.
 */
function isExposed(
  { metric, labels, answer }: Tally,
  { counters: { scrapes } }: CountedInstance,
): boolean {
  return (
    (answer === 'ok' && metric !== serverMetrics.attempts.name) ||
    scrapes.some(({ samples }) =>
      samples.some(
        (sample) =>
          sample.name === serverMetrics.countersStarted.name ||
          (sample.name === metric && sample.labels.outcome === labels.outcome),
      ),
    )
  );
}

interface OutOfBounds {
  value: number;
  least: number;
  most: number;
  scrape: MetricsScrape;
}

/** Compares a counter with the calls that raise it, scrape by scrape. */
export function compareTally(
  { metric, labels, kind, answer, countsOthers }: Tally,
  calls: AnsweredCalls,
  { counters: { scrapes, increase }, hasGap, hasOthers }: CountedInstance,
  { countedWithinNs = 0 } = {},
): OutOfBounds | undefined {
  const { answeredNs, invokedNs } = calls.of(kind, answer);
  const open = calls.of(kind, OPEN).invokedNs;
  const values = increase(metric, labels);
  for (const [place, scrape] of scrapes.entries()) {
    const value = values[place] as number;
    // An answer in the same nanosecond as the scrape may be later than the scrape.
    const least = hasGap ? 0 : countUpTo(answeredNs, scrape.startedAtNs - countedWithinNs - 1);
    const most =
      countsOthers || hasOthers
        ? Number.POSITIVE_INFINITY
        : countUpTo(invokedNs, scrape.endedAtNs) + countUpTo(open, scrape.endedAtNs);
    if (value < least || value > most) return { value, least, most, scrape };
  }
  return undefined;
}

/** Writes a disagreement between a counter and calls down. */
export function describeDisagreement(
  tally: Tally,
  { value, least, most, scrape }: OutOfBounds,
  { calls = [], isSure }: CountedInstance,
  evidence: Evidence,
): Disagreement {
  const { sale } = evidence;
  const bounds = describeBounds(least, most);
  const at = timeOfDay(scrape.endedAtNs, sale);
  const summary = `${scrape.instance} counted ${value} ${tally.what} at ${at}, the buyers' calls make it ${bounds}`;
  const lastAnswered = calls
    .filter(
      (call) =>
        requestKindOf(call) === tally.kind &&
        answerOf(call) === tally.answer &&
        isSure(call) &&
        call.completedAtNs < scrape.startedAtNs,
    )
    .sort((a, b) => a.completedAtNs - b.completedAtNs)
    .slice(-3);
  const isTooLow = value < least;
  const examples = isTooLow ? lastAnswered : [];
  const labels = Object.entries(tally.labels).map(([label, text]) => `${label}="${text}"`);
  const prose = [
    `At ${at}, ${tally.metric}{${labels.join(',')}} of ${scrape.instance} had risen by ${value}.`,
    isTooLow
      ? `Before the scrape began, ${least} ${tally.what} had been answered there.`
      : `When the scrape ended, no more than ${most} ${tally.what} can have been decided there.`,
    nameTheWrongLayer(tally, evidence),
    ...(examples.length > 0 ? ['The last answered before it:'] : []),
    ...examples.map((call) => `${describeCall(call, sale)}.`),
  ].join(' ');
  return { summary, witness: { prose, operations: witnessOperations(examples) } };
}

function describeBounds(least: number, most: number): string {
  if (least === most) return `${least}`;
  return Number.isFinite(most) ? `${least} to ${most}` : `${least} or more`;
}

/** Names the layer that disagrees with the other two: with the ledger as a third witness, two usually agree. */
function nameTheWrongLayer(
  { kind, answer, movement }: Tally,
  { operations, ledger, sale }: Evidence,
): string {
  if (movement === undefined) {
    return 'No ledger has rows of them: which of the two is wrong, the log of the server would tell.';
  }
  if (ledger === undefined || !sale.evidence.ledger.includes('movement')) {
    return 'Which of the two is wrong, a final ledger would tell.';
  }
  const moved = ledger.movements.filter((row) => row.kind === movement).length;
  const ofKind = operations.filter((call) => call.kind === kind);
  const surely = ofKind.filter((call) => answerOf(call) === answer).length;
  const atMost = surely + ofKind.filter((call) => answerOf(call) === OPEN).length;
  return surely <= moved && moved <= atMost
    ? `The ledger has ${moved} in all, as the buyers were told: the counter is wrong.`
    : `The ledger has ${moved} in all, the buyers were told of ${surely}: they were told something else than happened.`;
}
