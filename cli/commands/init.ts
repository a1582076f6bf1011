import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './examples.ts';

/** `init`: writes files to begin with. */
export function addInitCommands(program: Command, context: CliContext): void {
  const init = program.command('init').description('write a file to begin with');
  addExamples(init, ['flashsale-cli init target', 'flashsale-cli init ci --github']);
  const target = init
    .command('target')
    .description('write a target file: the description of your own shop, for run --target')
    .option('--openapi <file|url>', 'guess it from an API description: OpenAPI 3.0, 3.1, Swagger 2')
    .option('--out <file>', 'the file to write', 'shop.target.yaml');
  addExamples(target, [
    'flashsale-cli init target',
    'flashsale-cli init target --openapi http://127.0.0.1:3000/openapi.json --out my-shop.target.yaml',
  ]);
  target.action(async () => {
    const { initTarget } = await import('../actions/init.ts');
    await initTarget(target, context);
  });
  const scenario = init
    .command('scenario')
    .description('write a scenario to begin with: a k6 script that sells something')
    .option('--from <name>', 'the bundled scenario to copy', 'rush')
    .option('--out <file>', 'the file to write; absent: the scenario’s name with .ts');
  addExamples(scenario, [
    'flashsale-cli init scenario',
    'flashsale-cli init scenario --from last-unit --out load/last-unit.ts',
  ]);
  scenario.action(async () => {
    const { initScenario } = await import('../actions/init.ts');
    await initScenario(scenario, context);
  });
  const config = init
    .command('config')
    .description('write a config file with every setting in it, and what it is by default')
    .option('--out <file>', 'the file to write', 'flashsale.config.yaml');
  addExamples(config, ['flashsale-cli init config', 'flashsale-cli init config --json']);
  config.action(async () => {
    const { initConfig } = await import('../actions/init.ts');
    await initConfig(config, context);
  });
  const ci = init
    .command('ci')
    .description('write a workflow that runs a sale with every change, and shows the result on it')
    .addOption(new Option('--github', 'for GitHub Actions').conflicts('gitlab'))
    .option('--gitlab', 'for GitLab CI/CD')
    .option('--scenario <scenario>', 'the sale to run: a bundled scenario, or a script', 'rush')
    .option('--target <file>', 'the target file of your own shop; absent: the reference server')
    .option(
      '--start <command>',
      'how your shop starts (default: npm start, where package.json has it)',
    )
    .option('--out <file>', 'the file to write (default: where GitHub or GitLab looks for it)');
  addExamples(ci, [
    'flashsale-cli init ci --github',
    "flashsale-cli init ci --gitlab --scenario last-unit --target shop.target.yaml --start './shop serve'",
  ]);
  ci.action(async () => {
    const { initCi } = await import('../actions/init-ci.ts');
    await initCi(ci, context);
  });
}
