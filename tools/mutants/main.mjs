// Mutation testing of the judge: `npm run proof:mutants`, or `npm run proof:mutants -- reading/holds.ts checks` for some of
// its files; `.` are those above the folders. `--some 300 --seed 2` takes 300 of the mutants. Each mutant is one small change
// of the code, and a test must fail with it.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openCompiler } from './compiler.mjs';
import { readEquivalents } from './equivalents.mjs';
import { makeMutants } from './make-mutants.mjs';
import { createTrial } from './trial.mjs';

const JUDGE = 'src/checkers';
/** The share of the mutants that tests must kill; those named as equivalent do not count. */
const KILLED_PERCENT_MIN = 95;
const print = (line) => process.stdout.write(`${line}\n`);
const { values: options, positionals: paths } = parseArgs({
  options: { some: { type: 'string' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});

const files = readdirSync(JUDGE, { recursive: true }).filter((file) => file.endsWith('.ts'));
const isTest = (file) => file.endsWith('.test.ts');
/** Whole sales take seconds each, and do not say where the fault is. */
const isWholeSales = (file) =>
  /^(correct-sales|damaged-evidence|foreign-sales|planted-bugs|many-operations)\./.test(file);
const isIn = (file, path) =>
  path === '.' ? !/^(reading|checks)\//.test(file) : path === file || file.startsWith(`${path}/`);
const isAsked = (file) => paths.length === 0 || paths.some((path) => isIn(file, path));
const isMutable = (file) => !isTest(file) && !/(^|\/)testing\//.test(file) && isAsked(file);
const inJudge = (list) => list.sort().map((file) => join(JUDGE, file));

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

const asked = inJudge(files.filter(isMutable));
const { errors, findRefused } = openCompiler(asked);
if (errors.length > 0) {
  print(['the compiler refuses files as they are:', ...errors].join('\n'));
  process.exit(1);
}
const { mutants: all, modules } = await makeMutants(asked);
const equivalents = readEquivalents(JUDGE);
const stale = equivalents.staleAmong(all, isAsked);
const mutants =
  options.some === undefined ? all : someOf(all, Number(options.some), Number(options.seed));
const tests = inJudge(files.filter((file) => isTest(file) && !isWholeSales(file)));
const isKilled = createTrial(tests, modules);
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

const RESULTS = ['killed', 'refused', 'equivalent', 'survived'];
const countResults = (results) =>
  Object.fromEntries(RESULTS.map((each) => [each, results.filter((one) => one === each).length]));
/** Without a mutant there is nothing to be proud of. */
const percentOf = ({ killed, survived }) => (100 * killed) / Math.max(1, killed + survived);
const printRow = (...columns) => print(`| ${columns.join(' | ')} |`);
const printResults = (name, results) => {
  const numbers = countResults(results);
  const percent = percentOf(numbers).toFixed(1);
  printRow(name, results.length, ...RESULTS.map((each) => numbers[each]), `${percent} %`);
};

const results = new Map(mutants.map((mutant) => [mutant, resultOf(mutant)]));
printRow('file', 'mutants', ...RESULTS, 'killed of those that matter');
printRow('---', ...RESULTS.map(() => '---:'), '---:', '---:');
if (options.some === undefined) {
  for (const path of modules.keys()) {
    const ofFile = mutants.filter(({ fileName }) => fileName === path);
    printResults(
      `\`${relative(JUDGE, path)}\``,
      ofFile.map((mutant) => results.get(mutant)),
    );
  }
}
printResults('all', [...results.values()]);
for (const [mutant, result] of results) {
  if (result !== 'survived') continue;
  const { fileName, place, line, replacement } = mutant;
  print(`\n${relative('.', fileName)}:${place}\n    ${line}\n  > ${replacement}`);
}
for (const { file, line, instead } of stale) {
  print(
    `\nno mutant is this one, which is named as equivalent: ${file}\n    ${line}\n  > ${instead}`,
  );
}
if (stale.length > 0) process.exitCode = 1;
if (percentOf(countResults([...results.values()])) < KILLED_PERCENT_MIN) {
  print(`\n${KILLED_PERCENT_MIN} % are asked for`);
  process.exitCode = 1;
}
