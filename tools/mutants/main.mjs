// Mutation testing of the judge: `npm run proof:mutants`, or `npm run proof:mutants -- reading/holds.ts checks` for some of
// its files; `.` are those above the folders. Each mutant is one small change of the code, and a test must fail with it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { createCompiler } from './compiler.mjs';
import options from './options.mjs';

const JUDGE = 'src/checkers';
/** The share of the mutants that tests must kill; those named as equivalent do not count. */
const KILLED_PERCENT_MIN = 95;
const print = (line) => process.stdout.write(`${line}\n`);
const equivalent = JSON.parse(readFileSync(new URL('./equivalent.json', import.meta.url), 'utf8'));

const isTest = (file) => file.endsWith('.test.ts');

/**
 * The folders with the tests that must notice a mutant of a file; `.` has those above the folders. A file of `reading/` that
 * has no test of its own is tested by whatever reads with it, wherever that is.
 */
function testedIn(file, files) {
  const [folder] = file.split('/');
  if (folder === 'checks') return 'checks';
  if (folder !== 'reading') return '.';
  return files.includes(file.replace('.ts', '.test.ts')) ? 'reading' : '**';
}

/** The files to mutate, by the folders of their tests. Without paths all of them; a path is a file, a folder or `.`. */
function filesByTests(paths) {
  const files = readdirSync(JUDGE, { recursive: true }).filter((file) => file.endsWith('.ts'));
  const isAsked = (file) =>
    paths.length === 0 ||
    paths.some(
      (path) => path === file || path === testedIn(file, files) || file.startsWith(`${path}/`),
    );
  const mutable = files.filter((file) => !isTest(file) && !/(^|\/)testing\//.test(file));
  const byTests = {};
  for (const file of mutable.filter(isAsked).sort()) {
    const tests = testedIn(file, files);
    byTests[tests] ??= [];
    byTests[tests].push(file);
  }
  return Object.entries(byTests);
}

/** The first line of a mutant as it was, and the whole file with the mutant. */
function apply({ location: { start, end }, replacement }, source) {
  const lines = source.split('\n');
  const first = lines[start.line - 1];
  const head = [...lines.slice(0, start.line - 1), first.slice(0, start.column - 1)].join('\n');
  const tail = [lines[end.line - 1].slice(end.column - 1), ...lines.slice(end.line)].join('\n');
  return { line: first.trim(), text: `${head}${replacement}${tail}` };
}

const isRefused = createCompiler();
const totals = { mutants: 0, killed: 0, refused: 0, equivalent: 0, survived: 0 };

/** Counts one result. A survivor that the compiler accepts and nobody named as equivalent is shown. */
function count(mutant, sources) {
  const { status, fileName, replacement, location } = mutant;
  if (status === 'Ignored') return;
  totals.mutants++;
  if (status === 'Killed' || status === 'Timeout') {
    totals.killed++;
    return;
  }
  const file = relative(JUDGE, fileName);
  const { line, text } = apply(mutant, sources.get(file));
  if (isRefused(fileName, text)) {
    totals.refused++;
    return;
  }
  const isSame = (known) =>
    known.file === file && known.line === line && known.instead === replacement;
  if (equivalent.some(isSame)) {
    totals.equivalent++;
    return;
  }
  totals.survived++;
  print(`${JUDGE}/${file}:${location.start.line}:${location.start.column} ${status}`);
  print(`    ${line}\n  > ${replacement}`);
}

for (const [tests, files] of filesByTests(process.argv.slice(2))) {
  // As they are mutated, even if somebody goes on writing meanwhile.
  const sources = new Map(files.map((file) => [file, readFileSync(join(JUDGE, file), 'utf8')]));
  process.env.MUTANTS_TESTS = tests;
  const mutate = files.map((file) => join(JUDGE, file));
  const results = await new Stryker({ ...options, mutate }).runMutationTest();
  for (const result of results) {
    count({ ...result, fileName: resolve(result.fileName) }, sources);
  }
}

const { killed, survived } = totals;
// Without a mutant there is nothing to be proud of.
const percent = (100 * killed) / Math.max(1, killed + survived);
print(
  Object.entries(totals)
    .map(([what, number]) => `${number} ${what}`)
    .join(', '),
);
print(`${percent.toFixed(1)} % killed of those that matter; ${KILLED_PERCENT_MIN} % are asked for`);
if (percent < KILLED_PERCENT_MIN) process.exitCode = 1;
