import { type Command, InvalidArgumentError, Option } from 'commander';
import { OUTPUT_FORMS } from '../../src/load/outputs/outputs.ts';
import type { RunFlags } from '../actions/run.ts';
import type { CliContext } from '../context.ts';
import { addSettingFlags, SERVICE_SETTINGS } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

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
    .option(
      '-o, --out <output>',
      `send every sample to ${OUTPUT_FORMS}; repeatable`,
      (output: string, before: string[]) => [...before, output],
      [],
    )
    .option('--report <file>', 'write the result with charts and witnesses as one HTML file')
    .option('--junit <file>', 'write each check and each threshold as a test of JUnit XML')
    .option('--markdown <file>', 'write the result as Markdown, as for the summary of a CI job')
    .option('--summary-export <file>', 'write the end-of-test summary as k6 exports it')
    .option(
      '-e, --env <name=value>',
      'a variable in the scenario’s __ENV; repeatable',
      variable,
      {},
    )
    .option('-u, --vus <n>', 'VUs, instead of what the scenario says', wholeNumber)
    .option(
      '-i, --iterations <n>',
      'iterations of all VUs, instead of what the scenario says',
      wholeNumber,
    )
    .option('-d, --duration <time>', 'how long, instead of what the scenario says: 30s, 5m')
    .option(
      '-s, --stage <time:vus>',
      'a stage, instead of what the scenario says; repeatable, or several with commas between',
      stages,
    )
    .option(
      '--tag <name=value>',
      'a tag that every sample gets, instead of the script’s tags; repeatable',
      (text: string, before: Record<string, string> = {}) => variable(text, before),
    )
    .option('--rps <n>', 'at most so many requests per second', wholeNumber)
    .option('--no-setup', 'leave the script’s setup() out')
    .option('--no-teardown', 'leave the script’s teardown() out')
    .option(
      '--summary-trend-stats <list>',
      'the figures of each trend in the summary: avg,med,p(99)',
      (list: string) => list.split(',').map((figure) => figure.trim()),
    )
    .addOption(
      new Option('--http-debug [what]', 'print every request and answer, or their bodies as well')
        .choices(['headers', 'full'])
        .preset('headers'),
    )
    .option(
      '--rounds <n>',
      'sell so many times, each time with fresh SKUs, cold and warm in turn; the verdict is the worst',
      wholeNumber,
    )
    .option(
      '--faults <list>',
      'break what the run started while the load runs: server:kill@2s,redis:empty@3s, or random; docs/faults.md has them all',
    )
    .option(
      '--repeat <n>',
      'run so many times, each time with the next seed and everything started afresh, and count what failed',
      wholeNumber,
    )
    .addOption(
      new Option(
        '--stop-on <what>',
        'end the load at the first violation that is certain, and judge; or never (default: violation with --unsafe, else never)',
      ).choices(['violation', 'never']),
    )
    .option('--keep', 'leave the data and the logs of the stack where they are');
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
    'sqlUrl',
    ...SERVICE_SETTINGS,
    'port',
  ]);
  addExamples(command, [
    'flashsale-cli run scenarios/rush.ts',
    'flashsale-cli run scenarios/rush.ts --strategy naive --unsafe   ends with the first unit too many',
    'flashsale-cli run scenarios/rush.ts --target shop.yaml --stop-on violation',
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

function variable(text: string, before: Record<string, string>): Record<string, string> {
  const [name, value] = splitAt(text, '=');
  if (name === '' || value === undefined) throw new InvalidArgumentError('Write NAME=VALUE.');
  return { ...before, [name]: value };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.');
  return Number(text);
}

function stages(
  text: string,
  before: NonNullable<RunFlags['stage']> = [],
): NonNullable<RunFlags['stage']> {
  const given = text.split(',').map((stage) => {
    const [duration, target] = splitAt(stage, ':');
    if (target === undefined || !/^\d{1,9}$/.test(target)) {
      throw new InvalidArgumentError('Write TIME:VUS, as 30s:100.');
    }
    return { duration, target: Number(target) };
  });
  return [...before, ...given];
}

function splitAt(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
