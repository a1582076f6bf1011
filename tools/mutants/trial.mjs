import { dirname, relative } from 'node:path';
import { JUDGE } from './judge.mjs';

/** A mutant whose code runs so many times more often than without it goes round in circles. */
const HITS_FACTOR = 100;
const HITS_MIN = 10_000;
/** Code beside the mutant that asks so often if it is on goes round in circles as well, and a list in it may grow without end. */
const LOOKS_MAX = 30_000_000;

/**
 * Runs all tests once, and notes which of them come by which mutant, and how long they take. Returns the function that tells if
 * one of these tests fails with a mutant: one of those near it or one of the others.
 *
 * @param modules the compiled modules with all mutants of a file, by its path
 * @param run runs the tests of a file, as `createStories` has it
 */
export function createTrial(tests, modules, run) {
  /** By mutant, the tests that come by it, and how often. */
  const comeBy = new Map();
  /** By file of tests, the milliseconds that each of them takes. */
  const tookMs = new Map();
  /** By mutated file, how many of its mutants each file of tests has killed. */
  const kills = new Map();
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
    tookMs.set(test, state.tookMs);
    const { static: loading = {}, perTest = {} } = state.mutantCoverage ?? {};
    for (const [id, hits] of Object.entries(loading)) note(id, test, LOADING, hits);
    for (const [place, byId] of Object.entries(perTest)) {
      for (const [id, hits] of Object.entries(byId)) note(id, test, Number(place), hits);
    }
  }

  /** The places of the tests of a file that are to be run, those that take least first. */
  const placesOf = (test, places) => {
    const took = tookMs.get(test);
    return [...(places.has(LOADING) ? took.keys() : places)].sort((a, b) => took[a] - took[b]);
  };
  const msOf = (test, places) =>
    placesOf(test, places).reduce((sum, place) => sum + tookMs.get(test)[place], 0);

  return ({ id, fileName }, isNear) => {
    const { hits = 0, byTest = new Map() } = comeBy.get(id) ?? {};
    const module = new Map([[fileName, modules.get(fileName)]]);
    const killsOf = kills.get(fileName) ?? new Map();
    kills.set(fileName, killsOf);
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
      if (run(test, module, state, placesOf(test, places)) === undefined) return false;
      killsOf.set(test, (killsOf.get(test) ?? 0) + 1);
      return true;
    };
    // Those that killed most of the neighbours come first, then those that take least.
    const inOrder = [...byTest]
      .filter(([test]) => isTestNear(test, relative('.', fileName)) === isNear)
      .map(([test, places]) => ({
        of: [test, places],
        killed: killsOf.get(test) ?? 0,
        ms: msOf(test, places),
      }))
      .sort((a, b) => b.killed - a.killed || a.ms - b.ms);
    return inOrder.some(({ of }) => fails(of));
  };
}

/** True for the tests of a file itself, and for those beside it; but those above the folders are about the whole judge. */
function isTestNear(test, file) {
  const name = file.replace('.ts', '');
  const folder = dirname(file);
  return (
    test === `${name}.test.ts` ||
    test.startsWith(`${name}/`) ||
    (folder !== JUDGE && test.startsWith(`${folder}/`))
  );
}

/** Stands for the loading of a test's modules, on which all tests of its file rest. */
const LOADING = -1;
