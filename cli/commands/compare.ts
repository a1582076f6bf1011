import { type Command, InvalidArgumentError, Option } from 'commander';
import { FIGURE_NAMES, FIGURES } from '../../src/comparison/figures.ts';
import { PAIRS_MIN } from '../../src/comparison/paired-ratio.ts';
import type { CliContext } from '../context.ts';
import { readRange } from '../revision-range.ts';
import { addExamples } from './examples.ts';
import { percentage } from './percentage.ts';
import { positiveNumber } from './positive-number.ts';

/** `compare`: the same load against several servers, in turn, and which of them is faster. */
export function addCompareCommand(program: Command, context: CliContext): void {
  const command = program
    .command('compare')
    .description(
      'run one scenario against several strategies, servers or revisions in turn, and tell which is faster',
    )
    .argument('<scenario>', 'a k6 script, or the name of a bundled scenario')
    .argument('[flags...]', 'revisions, as main..HEAD; after --: flags of run, for every side')
    .option('--strategy <list>', 'strategies of the reference server: batched,pessimistic', list)
    .option('--target <list>', 'servers or target files: a.yaml,b.yaml', list)
    .option(
      '--revisions <range>',
      'revisions of the git repository here: main..HEAD, also without this flag; with --start',
      revisions,
    )
    .option(
      '--start <command>',
      'starts the server of a revision in a copy of it; runs in the foreground',
    )
    .option(
      '--prepare <command>',
      'run once in the copy of each revision, as npm ci && npm run build',
    )
    .option(
      '--server <file>',
      'with --revisions: the target file of the server that --start starts',
    )
    .option('--pairs <n>', 'pairs of sides, from each of which one ratio comes', pairs, 10)
    .option('--runs <n>', 'runs of each side in a pair: 2 makes A B B A', positiveNumber, 2)
    .addOption(
      new Option(
        '--by <figure>',
        `the figure that decides: ${FIGURE_NAMES.map((name) => `${name} (${FIGURES[name].label})`).join(', ')}; unless given, throughput, or med if the load follows a schedule or pauses most of the time`,
      ).choices(FIGURE_NAMES),
    )
    .option('--margin <percent>', 'differences up to so much count as none', margin, 5)
    .option('--report <file>', 'write the comparison as one HTML file');
  addExamples(
    command.addHelpText(
      'after',
      `
The first side is the baseline. Runs are made in pairs, A B B A, then B A A B …, so that what changes on the machine meets all sides.`,
    ),
    [
      'flashsale-cli compare rush --strategy batched,pessimistic',
      'flashsale-cli compare shop.ts --target old.target.yaml,new.target.yaml --pairs 15 -- --buyers 2000',
      "flashsale-cli compare shop.ts main..HEAD --prepare 'npm ci' --start 'npm start' --server shop.target.yaml",
    ],
  );
  command.action(async (scenario: string, rest: string[]) => {
    const { compare } = await import('../actions/compare.ts');
    await compare([scenario, ...rest], command, context);
  });
}

function list(text: string): string[] {
  const names = text.split(/\s*,\s*/).filter((name) => name !== '');
  if (names.length < 2) throw new InvalidArgumentError('Write at least two, with a comma between.');
  if (new Set(names).size < names.length) {
    throw new InvalidArgumentError('One stands there twice.');
  }
  return names;
}

function revisions(text: string): string[] {
  const names = readRange(text);
  if (names === undefined) throw new InvalidArgumentError('Write FROM..TO, as main..HEAD.');
  return names;
}

function pairs(text: string): number {
  const times = Number(text);
  if (!/^\d{1,4}$/.test(text) || times < PAIRS_MIN) {
    throw new InvalidArgumentError(
      `Fewer than ${PAIRS_MIN} pairs cannot tell noise from a difference.`,
    );
  }
  return times;
}

function margin(text: string): number {
  const percent = percentage(text);
  if (percent === 0) throw new InvalidArgumentError('It is more than 0, for noise always differs.');
  return percent;
}
