import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';

/** `init target` and `init ci`: write files to begin with. */
export function addInitCommands(program: Command, context: CliContext): void {
  const init = program.command('init').description('write a file to begin with');
  const target = init
    .command('target')
    .description('write a target file: the description of your own shop, for run --target')
    .option('--openapi <file|url>', 'guess it from an API description: OpenAPI 3.0, 3.1, Swagger 2')
    .option('--out <file>', 'the file to write', 'shop.target.yaml')
    .addHelpText(
      'after',
      `
Examples:
  flashsale-cli init target
  flashsale-cli init target --openapi http://127.0.0.1:3000/openapi.json --out my-shop.target.yaml`,
    );
  target.action(async () => {
    const { initTarget } = await import('../actions/init.ts');
    await initTarget(target, context);
  });
  const ci = init
    .command('ci')
    .description('write a workflow that runs a sale with every change, and shows the result on it')
    .addOption(new Option('--github', 'for GitHub Actions').conflicts('gitlab'))
    .option('--gitlab', 'for GitLab CI/CD')
    .option('--scenario <scenario>', 'the sale to run: a bundled scenario, or a script', 'rush')
    .option('--target <file>', 'the target file of your own shop; absent: the reference server')
    .option('--out <file>', 'the file to write (default: where GitHub or GitLab looks for it)')
    .addHelpText(
      'after',
      `
Examples:
  flashsale-cli init ci --github
  flashsale-cli init ci --gitlab --scenario last-unit --target shop.target.yaml`,
    );
  ci.action(async () => {
    const { initCi } = await import('../actions/init-ci.ts');
    await initCi(ci, context);
  });
}
