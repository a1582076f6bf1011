import { dirname, relative } from 'node:path';

/** A mutant whose code runs so many times more often than without it goes round in circles. */
const HITS_FACTOR = 100;
const HITS_MIN = 10_000;
/** Code beside the mutant that asks so often if it is on goes round in circles as well, and a list in it may grow without end. */
const LOOKS_MAX = 30_000_000;

/**
 * Runs all tests once, and notes which of them come by which mutant. Returns the function that tells if one of these tests
 * fails with a mutant: one of its own folder or one of the others.
 *
 * @param modules the compiled modules with all mutants of a file, by its path
 * @param run runs the tests of a file, as `createStories` has it
 */
export function createTrial(tests, modules, run) {
  /** By mutant, the tests that come by it, and how often. */
  const comeBy = new Map();
  const note = (id, test, place, hits) => {
    const known = comeBy.get(id) ?? { hits: 0, byTest: new Map() };
    comeBy.set(id, known);
    known.hits += hits;
    if (!known.byTest.has(test)) known.byTest.set(test, new Set());
    known.byTest.get(test).add(place);
  };

  for (const test of tests) {
    const state = {};
    const wrong = run(test, modules, state);
    if (wrong !== undefined) throw new Error(`${test} fails without a mutant: ${wrong}`);
    const { static: loading = {}, perTest = {} } = state.mutantCoverage ?? {};
    for (const [id, hits] of Object.entries(loading)) note(id, test, LOADING, hits);
    for (const [place, byId] of Object.entries(perTest)) {
      for (const [id, hits] of Object.entries(byId)) note(id, test, Number(place), hits);
    }
  }

  return ({ id, fileName }, isNear) => {
    const { hits = 0, byTest = new Map() } = comeBy.get(id) ?? {};
    const module = new Map([[fileName, modules.get(fileName)]]);
    const file = relative('.', fileName);
    const own = file.replace('.ts', '.test.ts');
    const fails = ([test, places]) => {
      const hitLimit = Math.max(HITS_MIN, HITS_FACTOR * hits);
      let looks = 0;
      const state = {
        hitCount: 0,
        hitLimit,
        get activeMutant() {
          if (++looks > LOOKS_MAX) throw new Error('this goes round in circles');
          return id;
        },
      };
      return run(test, module, state, places.has(LOADING) ? undefined : places) !== undefined;
    };
    return [...byTest]
      .filter(([test]) => test.startsWith(`${dirname(file)}/`) === isNear)
      .sort(([one], [other]) => Number(other === own) - Number(one === own))
      .some(fails);
  };
}

/** Stands for the loading of a test's modules, on which all tests of its file rest. */
const LOADING = -1;
