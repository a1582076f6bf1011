import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { compile } from './modules.mjs';
import { strykerPlugins } from './sentences.mjs';

const QUIET = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };
const OPTIONS = { ignorers: strykerPlugins.map(({ value }) => value), excludedMutations: [] };

/**
 * Makes all mutants of some files. StrykerJS writes all mutants of a file into one text, in which a switch in memory turns on
 * one of them; each mutant also tells what its line and its place were and what the whole file would be.
 *
 * @returns the mutants, and for each path the compiled module with all mutants of that file
 */
export async function makeMutants(paths) {
  const sources = new Map(paths.map((path) => [resolve(path), readFileSync(path, 'utf8')]));
  const asked = [...sources].map(([name, content]) => ({ name, content, mutate: true }));
  const { files, mutants } = await new Instrumenter(QUIET).instrument(asked, OPTIONS);
  return {
    modules: new Map(files.map(({ name, content }) => [name, compile(name, content)])),
    mutants: mutants
      .filter(({ status }) => status !== 'Ignored')
      .map((mutant) => ({ ...mutant, ...textsOf(mutant, sources.get(mutant.fileName)) })),
  };
}

/** Where a mutant is, the line in which it begins, what it replaces, and the text of its file with it. Lines are counted from 0. */
function textsOf({ location: { start, end }, replacement }, source) {
  const lines = source.split('\n');
  const first = lines[start.line];
  const head = [...lines.slice(0, start.line), first.slice(0, start.column)].join('\n');
  const tail = [lines[end.line].slice(end.column), ...lines.slice(end.line + 1)].join('\n');
  return {
    original: source.slice(head.length, source.length - tail.length),
    place: `${start.line + 1}:${start.column + 1}`,
    line: first.trim(),
    text: () => `${head}${replacement}${tail}`,
  };
}
