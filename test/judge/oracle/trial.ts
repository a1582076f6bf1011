import type { Evidence } from '../../../src/checkers/evidence.ts';
import { judge, type Verdict } from '../../../src/checkers/verdict.ts';
import { alteredHistory } from './altered-history.ts';
import { arbitraryHistory } from './arbitrary-history.ts';
import { type Shown, showAnswers, showEvents } from './evidence.ts';
import { executedHistory } from './executed-history.ts';
import { randomSale, type SmallHistory } from './history.ts';
import type { Events } from './moment.ts';
import { narrate, narrateSteps } from './narration.ts';
import { createRandom, type Random } from './random.ts';
import { type Habits, randomHabits } from './requests.ts';
import { explain } from './search.ts';

export const ORIGINS = ['executed', 'altered', 'arbitrary'] as const;
export type Origin = (typeof ORIGINS)[number];

/** One small history, and what oracle and judge say of it. */
export interface Trial {
  origin: Origin;
  history: SmallHistory;
  /** The oracle's word; `too large` when its search was given up. */
  oracle: 'possible' | 'impossible' | 'too large';
  /** True when the judge calls the answers invalid. */
  isCaught: boolean;
  /** The story of a mistake: a possible history that was called invalid, or a correct shop that the oracle denies. */
  mistake?: string[];
}

/** Of a hundred thousand histories, half the time of the oracle goes into the three hundred that take more situations. */
const SITUATIONS_MAX_FOR_ALARMS = 2_000;

/**
 * Makes the history of a seed, asks the oracle, and compares the judge with it.
 *
 * `alarmsOnly` goes through more histories in the same time: the judge is not asked about impossible ones, it sees a possible
 * one as answers alone and in one other way, and the oracle gives up earlier.
 */
export function tryHistory(seed: number, alarmsOnly = false): Trial {
  const { origin, history } = historyOf(seed);
  const { sale, operations, truth } = history;
  const found = explain(sale, operations, [], alarmsOnly ? SITUATIONS_MAX_FOR_ALARMS : undefined);
  if (found === undefined && truth !== undefined) {
    return { origin, history, oracle: 'impossible', isCaught: false, mistake: denied(history) };
  }
  if (found === undefined) {
    const isCaught = !alarmsOnly && judge(showAnswers(history)).status === 'invalid';
    return { origin, history, oracle: 'impossible', isCaught };
  }
  const oracle = found === 'too large' ? found : 'possible';
  const showings = showingsOf(truth, found === 'too large' ? undefined : found);
  const mistake = falseAlarm(history, alarmsOnly ? someOf(showings, seed) : showings, seed);
  return { origin, history, oracle, isCaught: false, ...(mistake && { mistake }) };
}

/** The most calls of a long history. Those of a search are at most eight. */
const LONG_CALLS_MAX = 30;

/** Lets a correct shop serve more calls than the oracle can search. What it did is the explanation. */
export function tryLongHistory(seed: number): Trial {
  const random = createRandom(seed);
  const habits = randomHabits(random);
  const sale = randomSale(random, habits);
  const history = executedHistory(random, sale, habits, random.int(9, LONG_CALLS_MAX));
  const mistake = falseAlarm(history, showingsOf(history.truth), seed);
  return {
    origin: 'executed',
    history,
    oracle: 'possible',
    isCaught: false,
    ...(mistake && { mistake }),
  };
}

function historyOf(seed: number): { origin: Origin; history: SmallHistory } {
  const random = createRandom(seed);
  const origin = random.pick([...ORIGINS, 'executed', 'altered', 'altered'] as [
    Origin,
    ...Origin[],
  ]);
  return { origin, history: smallHistory(random, origin, randomHabits(random)) };
}

/** A history of up to eight calls, by buyers with these habits. */
export function smallHistory(random: Random, origin: Origin, habits: Habits): SmallHistory {
  const sale = randomSale(random, habits);
  const callCount = random.int(2, 8);
  if (origin === 'arbitrary') return arbitraryHistory(random, sale, habits, callCount);
  const executed = executedHistory(random, sale, habits, callCount);
  return origin === 'executed' ? executed : alteredHistory(random, executed, habits);
}

/** A way to show the judge a history, with the events that it shows. */
interface Showing {
  shown: Shown;
  events: Events;
}

/** The answers are the same whatever happened; the books are not. */
function showingsOf(...explanations: (Events | undefined)[]): Showing[] {
  const all = explanations.filter((events) => events !== undefined);
  return [
    ...all.slice(0, 1).map((events): Showing => ({ shown: 'answers', events })),
    ...all.map((events): Showing => ({ shown: 'answers and ledger', events })),
    ...all.map((events): Showing => ({ shown: 'sequences and ledger', events })),
  ];
}

/** The answers, and one of the others. */
const someOf = ([answers, ...others]: Showing[], seed: number): Showing[] =>
  [answers, others[seed % others.length]].filter((showing) => showing !== undefined);

/** Shows the judge a possible history in several ways; the story of its mistake if it calls one of them invalid. */
function falseAlarm(
  history: SmallHistory,
  showings: readonly Showing[],
  seed: number,
): string[] | undefined {
  for (const { shown, events } of showings) {
    const evidence = showEvents(shown, history, events, seed % 7_000);
    const verdict = judge(evidence);
    if (verdict.status === 'invalid') return storyOf(shown, evidence, verdict, events);
  }
  return undefined;
}

function storyOf(
  shown: Shown,
  { sale, operations }: Evidence,
  { checks }: Verdict,
  { steps }: Events,
): string[] {
  const invalid = checks.filter(({ status }) => status === 'invalid');
  return [
    `False alarm of ${invalid.map(({ name }) => name).join(', ')} over ${shown}.`,
    ...narrate(sale, operations),
    'This is explained by:',
    ...narrateSteps(steps),
    'The judge says:',
    ...invalid.map(({ name, summary }) => `  ${name}: ${summary}`),
  ];
}

const denied = ({ sale, operations, truth }: SmallHistory): string[] => [
  'The oracle finds no explanation for what a correct shop did.',
  ...narrate(sale, operations),
  'This is what happened:',
  ...narrateSteps(truth?.steps ?? []),
];
