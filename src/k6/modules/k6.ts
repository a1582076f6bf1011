import { type Tagged, untagged, withTags } from '../../load/metrics.ts';
import type { Vu } from '../../load/vu.ts';
import type { K6Module } from './module.ts';

type Tags = Record<string, unknown>;
type Checks = Record<string, unknown>;

/** The module `k6`: check, fail, group, sleep, randomSeed. */
export const k6Module: K6Module = (vu) => ({
  check: (value: unknown, checks: Checks, tags?: Tags) => check(vu, value, checks, tags),
  fail(message = ''): never {
    throw new Error(`fail(): ${message}`);
  },
  group: (name: string, body: () => unknown) => group(vu, name, body),
  sleep(seconds: number): Promise<void> {
    return vu.pause(Math.max(0, Number(seconds) * 1_000) || 0);
  },
  randomSeed(seed: number): void {
    vu.random = createRandom(seed);
  },
});

/** Answers whether all checks hold. One that throws counts as failed, and its error goes on to the script. */
function check(vu: Vu, value: unknown, checks: Checks, tags: Tags | undefined): boolean {
  const rate = vu.metrics.define('checks', 'rate');
  let allPassed = true;
  for (const name in checks) {
    let passed = false;
    try {
      const test = checks[name];
      const verdict: unknown = typeof test === 'function' ? test(value) : test;
      if (verdict instanceof Promise) {
        throw new Error(
          `check "${name}" answers with a promise; await the value first and check the result`,
        );
      }
      passed = Boolean(verdict);
    } finally {
      vu.checks.count(vu.group, name, passed);
      rate.add(passed ? 1 : 0, rate.subMetrics.length > 0 ? checkTags(vu, name, tags) : untagged);
    }
    if (!passed) allPassed = false;
  }
  return allPassed;
}

function checkTags(vu: Vu, name: string, tags: Tags | undefined): Tagged {
  return withTags({ check: name, ...tags }, vu);
}

/** Names what happens inside. An async body keeps the group until it has ended; its promise is handed on. */
function group(vu: Vu, name: string, body: () => unknown): unknown {
  const outer = vu.group;
  const inner = `${outer}::${name}`;
  const startedAtMs = vu.run.elapsedMs();
  const leave = (): void => {
    const duration = vu.metrics.define('group_duration', 'trend', 'time');
    duration.add(vu.run.elapsedMs() - startedAtMs, withTags({ group: inner }, vu));
    vu.group = outer;
  };
  vu.group = inner;
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

/** Mulberry32: small, fast, and the same numbers for the same seed everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
