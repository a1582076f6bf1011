import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import { AbortedInInit } from '../../load/vu/aborted-in-init.ts';
import type { Vu, VuIteration } from '../../load/vu/vu.ts';
import type { K6Module } from './module.ts';

/** `k6/execution`: facts about the iteration, its VU and the run, and functions that end the run. */
export const executionModule: K6Module = (vu) => {
  const iteration = (): VuIteration => {
    if (!vu.currentIteration) {
      throw new Error('exec.scenario is known inside a scenario only, not in init code or setup()');
    }
    return vu.currentIteration;
  };
  const tags = tagsOf(vu);
  return {
    scenario: {
      get name() {
        return iteration().scenario.name;
      },
      get executor() {
        return iteration().scenario.executor;
      },
      get startTime() {
        return Math.trunc(iteration().scenarioStartedAtMs);
      },
      get progress() {
        return iteration().progress();
      },
      get iterationInInstance() {
        return iteration().number;
      },
      get iterationInTest() {
        return iteration().number;
      },
    },
    instance: {
      get iterationsInterrupted() {
        return vu.run.iterationsInterrupted();
      },
      get iterationsCompleted() {
        return vu.run.iterationsCompleted();
      },
      get vusActive() {
        return vu.run.vusActive();
      },
      get vusInitialized() {
        return vu.run.vusInitialized();
      },
      get currentTestRunDuration() {
        return vu.run.elapsedMs();
      },
    },
    test: {
      abort: (reason?: string) => abort(vu, reason),
      fail: (reason = '') => vu.run.fail(`exec.test.fail(): ${reason}`),
      options: frozen(vu.run.options),
    },
    vu: {
      get idInInstance() {
        return vu.id;
      },
      get idInTest() {
        return vu.id;
      },
      get iterationInInstance() {
        return vu.iterationCount;
      },
      get iterationInScenario() {
        iteration();
        return vu.iterationCount;
      },
      get tags() {
        return tags;
      },
      // As in k6, tags are changed one by one.
      set tags(_: unknown) {},
      metrics: { tags, metadata: {} },
    },
  };
};

/** A VU's tags. A script reads all of them, those of the engine included, and changes its own. */
function tagsOf(vu: Vu): Record<string, string> {
  return new Proxy(vu.tags, {
    get: (_, name) => (vu.allTags() as Record<string | symbol, string>)[name],
    has: (_, name) => name in vu.allTags(),
    ownKeys: () => Object.keys(vu.allTags()),
    getOwnPropertyDescriptor(_, name) {
      const value = (vu.allTags() as Record<string | symbol, string>)[name];
      if (value === undefined) return undefined;
      return { value, enumerable: true, configurable: true, writable: true };
    },
    set(tags, name, value: unknown) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        throw new TypeError(
          `the tag "${String(name)}" takes a text, a number or a boolean, not ${value === null ? 'null' : typeof value}`,
        );
      }
      tags[String(name)] = String(value);
      return true;
    },
  });
}

/** Freezes options with all that is in them: as in k6, a script cannot change what was read. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const field of Object.values(value)) frozen(field);
  return value;
}

function abort(vu: Vu, reason = 'test aborted'): never {
  if (vu.initializing) throw new AbortedInInit(reason);
  vu.run.abort(reason);
  throw new IterationInterrupted();
}
