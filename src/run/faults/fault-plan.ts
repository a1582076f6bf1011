import type { FaultName } from '../../history/fault.ts';
import { UserError } from '../../kernel/errors.ts';
import { nearestWord } from '../../kernel/nearest-word.ts';
import { createRandom } from '../../kernel/random.ts';
import { parseDurationMs } from '../../load/schedule/parse-duration.ts';
import type { RunOptions } from '../context.ts';
import type { SalePlan } from '../sale/sale-plan.ts';
import { FAULT_WORDS } from './fault-words.ts';

/** One fault of a plan. */
export interface PlannedFault {
  name: FaultName;
  /** Time since the load began. */
  atMs: number;
  /** Time until what was broken is brought back. */
  forMs: number;
}

/**
 * The faults of a run: those that its plan brings about, and those of `--faults`.
 *
 * @param within the faults of which `random` chooses, and the round, which decides with the seed; absent: any fault
 * @throws UserError (usage) when `--faults` is not understood
 */
export function faultsOf(
  { redisAmnesia }: Pick<SalePlan, 'redisAmnesia'>,
  { faults, seed }: Pick<RunOptions, 'faults' | 'seed'>,
  within?: { possible: FaultName[]; round: number },
): PlannedFault[] {
  const { afterMs = 0, everyMs = 0, times = 0 } = redisAmnesia ?? {};
  const ofPlan = Array.from({ length: times }, (_, time) => ({
    ...{ name: 'redis-emptied' as const, atMs: afterMs + time * everyMs, forMs: 0 },
  }));
  if (faults === undefined) return ofPlan;
  const { possible = [], round = 1 } = within ?? {};
  return [...ofPlan, ...readFaults(faults, seed + round - 1, possible)];
}

type FaultWord = keyof typeof FAULT_WORDS;
const WORDS = Object.keys(FAULT_WORDS) as FaultWord[];

const AT_MS = 1_000;
const FOR_MS = 1_500;
/** Faults by chance come in this time after the load began; most scenarios take longer. */
const CHANCE_WITHIN_MS = 5_000;
const CHANCE_TIMES = 3;
const CHANCE_TIMES_MAX = 100;

/** `redis:kill@2s+500ms`: two seconds after the load began, for half a second. */
const FORM = /^([a-z]+:[a-z]+)(?:@([^+]+))?(?:\+(.+))?$/;

/**
 * Reads the value of `--faults`: faults with commas between them, or `random` for some by chance, the same for the same
 * seed.
 *
 * @param possible faults of which `random` chooses
 * @throws UserError (usage) that names the part that is wrong
 */
function readFaults(text: string, seed: number, possible: FaultName[]): PlannedFault[] {
  const [, times] = /^random(?::(\d{1,4}))?$/.exec(text) ?? [];
  if (text === 'random' || times !== undefined) {
    return byChance(Math.min(Number(times ?? CHANCE_TIMES), CHANCE_TIMES_MAX), seed, possible);
  }
  return text.split(',').map((part) => readFault(part.trim()));
}

function readFault(text: string): PlannedFault {
  const [, word = '', at, length] = FORM.exec(text) ?? [];
  const name = FAULT_WORDS[word as FaultWord];
  const atMs = at === undefined ? AT_MS : parseDurationMs(at);
  const forMs = length === undefined ? FOR_MS : parseDurationMs(length);
  if (name !== undefined && atMs !== undefined && forMs !== undefined) return { name, atMs, forMs };
  const near = nearestWord(word || text, WORDS);
  throw UserError.usage(`--faults "${text}" is not understood`, {
    why:
      name === undefined
        ? `it is none of ${WORDS.join(', ')}, random${near === undefined ? '' : `; did you mean ${near}?`}`
        : 'its times are not durations like 2s or 500ms',
    next: 'write it as redis:kill@2s+500ms: what, when after the load began, and for how long',
  });
}

function byChance(times: number, seed: number, possible: FaultName[]): PlannedFault[] {
  const random = createRandom(seed);
  if (possible.length === 0) return [];
  return Array.from({ length: times }, () => ({
    name: possible[Math.floor(random() * possible.length)] as FaultName,
    atMs: Math.round(random() * CHANCE_WITHIN_MS),
    forMs: Math.round(FOR_MS * (0.5 + random())),
  })).toSorted((a, b) => a.atMs - b.atMs);
}
