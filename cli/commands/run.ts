import { type Command, Option } from 'commander';
import type { RunFlags } from '../actions/run.ts';
import type { CliContext } from '../context.ts';
import { addK6Flags } from '../k6-flags.ts';
import { addSettingFlags, SERVICE_SETTINGS } from '../setting-flags.ts';
import { addExamples } from './examples.ts';
import { readPart } from './part.ts';
import { positiveNumber } from './positive-number.ts';

/** `run`: one sale from an empty stack to its verdict, or a plain load. */
export function addRunCommand(program: Command, context: CliContext): void {
  const command = program
    .command('run')
    .description(
      'run a sale: start the servers, fire the load, and judge what happened; a k6 script that sells nothing is run as it is',
    )
    .argument(
      '<scenario>',
      'a k6 script (- reads it from standard input), or the name of a bundled scenario (see scenarios list)',
    )
    .option('--history <file>', 'keep the recorded history in this file')
    .option(
      '--buyers-file <file>',
      'keep the buyers of a described shop in this file, and use them again in later runs',
    )
    .addOption(
      new Option('--runner <name>', 'the program that fires the load: this tool, or the k6 on PATH')
        .choices(['flashsale', 'k6'])
        .default('flashsale'),
    )
    .option('--report <file>', 'write the result with charts and witnesses as one HTML file')
    .option('--junit <file>', 'write each check and each threshold as a test of JUnit XML')
    .option('--markdown <file>', 'write the result as Markdown, as for the summary of a CI job')
    .option(
      '--sale <file>',
      'fire a sale that flashsale-cli prepare has put on, or a part of it; it has no verdict until verify has all histories',
    )
    .option(
      '--part <n/of>',
      'the part of the load that this process fires: 2/3 is the second of three (k6’s --execution-segment 1/3:2/3)',
      readPart,
    )
    .option(
      '--rounds <n>',
      'sell so many times, each time with fresh SKUs, cold and warm in turn; the verdict is the worst',
      positiveNumber,
    )
    .option(
      '--faults <list>',
      'break what the run started while the load runs: server:kill@2s,redis:empty@3s, or random; docs/faults.md has them all',
    )
    .option(
      '--repeat <n>',
      'run so many times, each time with the next seed and everything started afresh, and count what failed',
      positiveNumber,
    )
    .addOption(
      new Option(
        '--stop-on <what>',
        'end the load at the first violation that is certain, and judge; or never (default: violation with --unsafe, else never)',
      ).choices(['violation', 'never']),
    )
    .option('--keep', 'leave the data and the logs of the stack where they are');
  addK6Flags(command);
  addSettingFlags(command, [
    'strategy',
    'unsafe',
    'instances',
    'workers',
    'stock',
    'buyers',
    'seed',
    'holdTtl',
    'target',
    'iOwnThisServer',
    'adminToken',
    'databaseUrl',
    'prometheusUrl',
    'traces',
    'sqlUrl',
    ...SERVICE_SETTINGS,
    'port',
  ]);
  addExamples(command, [
    'flashsale-cli run scenarios/rush.ts',
    'flashsale-cli run scenarios/rush.ts --strategy naive --unsafe   ends with the first unit too many',
    'flashsale-cli run scenarios/rush.ts --target shop.yaml --stop-on violation',
    'flashsale-cli run rush --sale sale.json --part 2/3 --history part-2.ndjson   see prepare',
  ]);
  command.action(async (scenario: string) => {
    const { repeat } = command.opts<RunFlags>();
    if (repeat !== undefined) {
      const { repeatRun } = await import('../actions/repeat-run.ts');
      return repeatRun(repeat, scenario, command, context);
    }
    const { runScenario } = await import('../actions/run.ts');
    return runScenario(scenario, command, context);
  });
}
