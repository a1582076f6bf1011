import { type Command, InvalidArgumentError } from 'commander';
import { variables } from '../../src/k6/flags/kinds.ts';
import { parseDurationMs } from '../../src/load/schedule/parse-duration.ts';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `prepare`: puts a sale on that several processes fire together, each with `run --sale FILE --part N/OF`. */
export function addPrepareCommand(program: Command, context: CliContext): void {
  const command = program
    .command('prepare')
    .description(
      'put the sale of a scenario on, on servers that run, for several machines to fire it together',
    )
    .argument('<scenario>', 'a k6 script that sells something, or the name of a bundled scenario')
    .argument('<file>', 'where the prepared sale goes: SKUs, buyers with their tokens, the rules')
    .option(
      '--start-in <duration>',
      'all parts begin at one moment, so much later (default: each as soon as it is ready)',
      readDuration,
    )
    .option(
      '-e, --env <name=value>',
      'a variable in the scenario’s __ENV; repeatable',
      (text: string, before: unknown) => variables.read(text, before) as Record<string, string>,
    );
  command
    .option(
      '--buyers-file <file>',
      'keep the buyers of a described shop in this file, and use them again in later sales',
    )
    .option(
      '--remove',
      'take what was put on sale in a described shop off again, by the steps of sale.remove',
    );
  addSettingFlags(command, [
    ...(['target', 'iOwnThisServer', 'adminToken', 'stock', 'buyers', 'seed', 'holdTtl'] as const),
    'prometheusUrl',
  ]);
  addExamples(command, [
    'flashsale-cli prepare rush sale.json --target http://127.0.0.1:3000 --start-in 1m',
    'flashsale-cli prepare vouchers sale.json --target http://10.0.0.5:3000 --buyers 100000 --admin-token TOKEN',
    'flashsale-cli prepare rush sale.json --target shop.yaml   the shop of a target file',
    'flashsale-cli run rush --sale sale.json --part 1/2 --history part-1.ndjson   on each machine',
  ]);
  command.action(async (scenario: string, file: string) => {
    const { prepareScenario } = await import('../actions/prepare.ts');
    await prepareScenario({ scenario, file }, command, context);
  });
}

function readDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new InvalidArgumentError('It is a duration like 90s or 2m.');
  return ms;
}
