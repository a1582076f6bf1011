// Mutation testing of the judge: `npm run proof:mutants`, or `npm run proof:mutants -- reading/holds.ts checks` for some of
// its files; `.` are those above the folders. `--some 300 --seed 2` takes 300 of the mutants. Each mutant is one small change
// of the code, and a test must fail with it. `--check` tries none: it says if all tests would be run, and if each mutant that
// is named as equivalent is one.
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openCompiler } from './compiler.mjs';
import { readEquivalents } from './equivalents.mjs';
import { JUDGE, readJudge } from './judge.mjs';
import { makeMutants } from './make-mutants.mjs';
import { reportOf } from './report.mjs';
import { createStories } from './stories.mjs';
import { createTrial } from './trial.mjs';
import { findUntold } from './untold-tests.mjs';

const { values: options, positionals: paths } = parseArgs({
  options: {
    ...{ some: { type: 'string' }, seed: { type: 'string', default: '1' } },
    check: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const print = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);
const failWith = (...lines) => {
  print(...lines);
  process.exit(1);
};

/** Takes some of a list at random, always the same with one seed. */
function someOf(list, count, seed) {
  let state = seed;
  const ordered = list.map((each) => {
    // A linear congruential generator with the numbers of "Numerical Recipes".
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return { each, order: state };
  });
  return ordered
    .sort((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ each }) => each);
}

const { asked, tests, isAsked } = readJudge(paths);
const { run, namesIn } = createStories();
const untold = findUntold(tests, namesIn);
if (untold.length > 0) failWith('these tests are not run, and kill no mutant:', ...untold);

const equivalents = readEquivalents();
if (options.check) {
  const { mutants } = await makeMutants(
    asked.filter((path) => equivalents.files.has(relative(JUDGE, path))),
  );
  const stale = equivalents.staleAmong(mutants, isAsked);
  if (stale.length > 0) failWith(...stale);
  process.exit(0);
}

const { errors, findRefused } = openCompiler(asked);
if (errors.length > 0) failWith('the compiler refuses files as they are:', ...errors);
const { mutants: all, modules } = await makeMutants(asked);
const mutants =
  options.some === undefined ? all : someOf(all, Number(options.some), Number(options.seed));
const isKilled = createTrial(tests, modules, run);
// A mutant that the compiler refuses would go through all tests in vain, and most others die near.
const killed = new Set(mutants.filter((mutant) => isKilled(mutant, true)));
const refused = findRefused(mutants.filter((mutant) => !killed.has(mutant)));
for (const mutant of mutants) {
  if (killed.has(mutant) || refused.has(mutant)) continue;
  if (isKilled(mutant, false)) killed.add(mutant);
}

function resultOf(mutant) {
  if (killed.has(mutant)) return 'killed';
  if (refused.has(mutant)) return 'refused';
  return equivalents.has(mutant) ? 'equivalent' : 'survived';
}

const results = new Map(mutants.map((mutant) => [mutant, resultOf(mutant)]));
const { lines, isTooLow } = reportOf(
  results,
  options.some === undefined ? [...modules.keys()] : [],
);
const wrong = [...equivalents.staleAmong(all, isAsked), ...equivalents.needlessAmong(all, results)];
print(...lines, ...wrong);
if (isTooLow || wrong.length > 0) process.exitCode = 1;
