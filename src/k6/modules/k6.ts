import { createRandom } from '../../kernel/random.ts';
import { type TagSource, untagged, withTags } from '../../load/metrics/metrics.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { waitWatched } from '../runtime/wait-watch.ts';
import type { K6Module } from './module.ts';

type Tags = Record<string, unknown>;
type Checks = Record<string, unknown>;

/** The module `k6`: check, fail, group, sleep, randomSeed. */
export const k6Module: K6Module = (vu) => ({
  check: (value: unknown, checks: Checks, tags?: Tags) => check(vu, value, checks, tags),
  fail(message = ''): never {
    throw new Error(message);
  },
  group: (name: string, body: () => unknown) => group(vu, name, body),
  sleep(seconds: number): Promise<void> | undefined {
    const durationMs = Math.max(0, Number(seconds) * 1_000) || 0;
    return waitWatched(vu, 'sleep()', () => vu.pause(durationMs));
  },
  randomSeed(seed: number): void {
    vu.random = createRandom(seed);
  },
});

/**
 * Runs and counts checks. A check that throws counts as failed, and its error goes on to the script.
 *
 * @returns true if all checks passed; a promise of it if a test returns a promise, because it sends requests itself
 */
export function check(
  vu: Vu,
  value: unknown,
  checks: Checks,
  tags: Tags | undefined,
): boolean | Promise<boolean> {
  if (vu.initializing) throw new Error('check() works in scenarios, setup() and teardown() only');
  vu.watch?.assertNothingWaits('check()');
  if (checks === undefined) throw new Error('no checks provided to `check`');
  const names = Object.keys(checks);
  for (const name of names) assertName(name);
  return checkFrom(vu, value, checks, names, tags);
}

function checkFrom(
  vu: Vu,
  value: unknown,
  checks: Checks,
  names: string[],
  tags: Tags | undefined,
): boolean | Promise<boolean> {
  let allPassed = true;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    const test = checks[name];
    let verdict: unknown;
    try {
      verdict = typeof test === 'function' ? test(value) : test;
    } catch (error) {
      countCheck(vu, name, false, tags);
      throw error;
    }
    if (verdict instanceof Promise) {
      const rest = names.slice(index + 1);
      return verdict.then(
        async (known) => {
          countCheck(vu, name, Boolean(known), tags);
          return (await checkFrom(vu, value, checks, rest, tags)) && allPassed && Boolean(known);
        },
        (error: unknown) => {
          countCheck(vu, name, false, tags);
          throw error;
        },
      );
    }
    countCheck(vu, name, Boolean(verdict), tags);
    if (!verdict) allPassed = false;
  }
  return allPassed;
}

/** Throws for a name with `::`, which separates the names of groups. */
function assertName(name: string): void {
  if (name.includes('::'))
    throw new Error(`group and check names may not contain '::' ("${name}")`);
}

function countCheck(vu: Vu, name: string, passed: boolean, tags: Tags | undefined): void {
  const rate = vu.metrics.define('checks', 'rate');
  vu.checks.count(vu.group, name, passed);
  rate.add(passed ? 1 : 0, rate.readsTags ? checkTags(vu, name, tags) : untagged);
}

function checkTags(vu: Vu, name: string, tags: Tags | undefined): TagSource {
  return withTags({ check: name, ...tags }, vu);
}

/** Runs a body in a group, and returns its result. An async body keeps the group until its promise has settled. */
function group(vu: Vu, name: string, body: () => unknown): unknown {
  if (vu.initializing) throw new Error('group() works in scenarios, setup() and teardown() only');
  vu.watch?.assertNothingWaits('group()');
  if (typeof body !== 'function')
    throw new Error('group() requires a callback as a second argument');
  assertName(name);
  const outer = vu.group;
  const inner = `${outer}::${name}`;
  const startedAtMs = vu.run.elapsedMs();
  const leave = (): void => {
    const duration = vu.metrics.define('group_duration', 'trend', 'time');
    duration.add(vu.run.elapsedMs() - startedAtMs, withTags({ group: inner }, vu));
    vu.group = outer;
  };
  vu.group = inner;
  vu.checks.enter(inner);
  let result: unknown;
  try {
    result = body();
  } catch (error) {
    leave();
    throw error;
  }
  if (result instanceof Promise) return result.finally(leave);
  leave();
  return result;
}
