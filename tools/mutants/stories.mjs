import { resolve } from 'node:path';
import { Script } from 'node:vm';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import fc from 'fast-check';
import { createModules } from './modules.mjs';

/** Tests of a file that take longer go round in circles; a busy machine takes a tenth of it. */
const RUN_MS_MAX = 60_000;

/** Code in which no mutant is made, and which keeps nothing of what it was asked. */
const isKept = (path) => !path.includes('/src/checkers/') && !path.includes('/test/');

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect);
Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
setState({ assertionCalls: 0 }, expect);
globalThis[GLOBAL_EXPECT] = expect;

const script = new Script('globalThis.__run__()');

/** Runs a function and ends it by force if it takes too long. */
function runGuarded(run) {
  globalThis.__run__ = run;
  return script.runInThisContext({ timeout: RUN_MS_MAX });
}

/**
 * Knows as much of vitest as the stories of the judge use: what it does not know ends in an error, or in tests that
 * `findUntold` finds.
 *
 * @returns what runs the tests of one file after another in this process, and what only names them
 */
export function createStories() {
  let tests = [];
  /** The names of the blocks in which a test stands. */
  let within = [];
  const it = (name, test) => tests.push({ name: [...within, name].join(' > '), test });
  it.each = (cases) => (name, test) => {
    for (const given of cases) it(name, () => test(...[given].flat(1)));
  };
  // Those that ask for more time play whole sales.
  const describe = (name, tell) => {
    if (typeof tell !== 'function') return;
    const around = within;
    within = [...around, name];
    tell();
    within = around;
  };
  describe.each = (cases) => (name, tell) => {
    for (const given of cases) describe(name, () => tell(...[given].flat(1)));
  };
  const load = createModules({ packages: { vitest: { describe, it, test: it, expect } }, isKept });
  const noPlantedBugs = (_, made) => {
    made.itCatches = () => {};
  };
  const instead = [resolve('test/judge/planted-bugs.ts'), noPlantedBugs];
  const readTests = (file, changed) => {
    tests = [];
    within = [];
    load(resolve(file), new Map([...changed, instead]));
  };

  /**
   * Runs the tests of a file until one fails, and returns what was wrong with it.
   *
   * @param changed compiled modules, by path
   * @param state what instrumented modules read and write; is told how long each test took, in milliseconds, by its place
   * @param only the places of the tests to run, in this order; all of them if undefined
   */
  function run(file, changed, state, only) {
    // A test of random data finds the same every time.
    fc.configureGlobal({ seed: 1 });
    globalThis.__stryker__ = state;
    try {
      runGuarded(() => {
        readTests(file, changed);
        state.tookMs = [];
        for (const place of only ?? tests.keys()) {
          state.currentTestId = `${place}`;
          const beganMs = performance.now();
          if (tests[place].test() instanceof Promise) throw new Error('this test is asynchronous');
          state.tookMs[place] = performance.now() - beganMs;
        }
      });
    } catch (error) {
      const { name = '(while it was loaded)' } = tests[state.currentTestId] ?? {};
      return `${name}: ${error.message}`;
    }
    return undefined;
  }

  /** The names of the tests of a file, each after those of the blocks around it. */
  function namesIn(file) {
    readTests(file, []);
    return tests.map(({ name }) => name);
  }

  return { run, namesIn };
}
