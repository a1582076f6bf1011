import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearestWord } from '../../src/kernel/nearest-word.ts';
import { BUGS, type Bug } from '../../src/simulation/bugs.ts';
import { FLOWS } from '../../src/simulation/flows.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from './examples.ts';
import { percentage } from './percentage.ts';
import { positiveNumber } from './positive-number.ts';

/** `simulate`: sales in virtual time, right or wrong in one named way, and what the judge says of them. */
export function addSimulateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('simulate')
    .description('simulate a sale in virtual time, without a server, and judge it')
    .addOption(
      new Option(
        '--flow <flow>',
        'the way of selling (default: reserve, or where the bug shows)',
      ).choices(FLOWS),
    )
    .addOption(
      new Option('--bug <name>', 'a mistake that the simulated ledger makes')
        .choices(BUGS)
        .argParser(bug),
    )
    .option('--buyers <n>', 'buyers who come (default: 2000, or 400 with a bug)', positiveNumber)
    .option('--stock <n>', 'units of each SKU (default: 100, or 30 with a bug)', positiveNumber)
    .option('--skus <n>', 'SKUs on sale', positiveNumber)
    .option('--baskets <percent>', 'share of visits that want several SKUs, all or none', share)
    .option('--instances <n>', 'server processes, each with metrics of its own', positiveNumber)
    .option('--loss <percent>', 'share of calls whose answer is lost', share)
    .option('--seed <n>', 'the same seed makes the same sale', wholeNumber, 1)
    .option(
      '--sales <n>',
      'judge so many sales with the next seeds, of random shapes and schedules if no bug is named',
      positiveNumber,
    )
    .addOption(
      new Option('--history <file>', 'record the sale in a file, as run does').conflicts('sales'),
    );
  addExamples(command, [
    'flashsale-cli simulate --buyers 1000000 --stock 10000   a sale far larger than this machine could hold',
    'flashsale-cli simulate --bug double-redemption          what the judge says of a mistake',
    'flashsale-cli simulate --sales 500                      schedules made to break things, all of them correct',
  ]);
  command.action(async () => {
    const { simulate } = await import('../actions/simulate.ts');
    await simulate(command, context);
  });
}

function bug(name: string): Bug {
  if (isBug(name)) return name;
  const near = nearestWord(name, BUGS);
  throw new InvalidArgumentError(
    near === undefined ? 'There is no such mistake.' : `Did you mean ${near}?`,
  );
}

const isBug = (name: string): name is Bug => BUGS.some((known) => known === name);

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

const share = (text: string): number => percentage(text) / 100;
