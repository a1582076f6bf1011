import type { Command } from 'commander';
import type { CliContext } from '../context.ts';

/** `init target`: writes a target file to begin with. */
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
}
