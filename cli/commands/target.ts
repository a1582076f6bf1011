import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './examples.ts';

/** `target check`: has one buyer walk through everything that a target file describes. */
export function addTargetCommands(program: Command, context: CliContext): void {
  const target = program.command('target').description('the description of your own shop');
  const check = target
    .command('check')
    .description('have one buyer walk through everything that a target file describes')
    .argument('<file>', 'a target file (see init target)')
    .option('--i-own-this-server', 'the shop is on the internet, and it is yours')
    .addHelpText('after', '\nTakes less than a minute, and leaves behind no more than one order.');
  for (const named of [target, check]) {
    addExamples(named, [
      'flashsale-cli target check shop.target.yaml',
      'flashsale-cli target check shop.target.yaml --json',
    ]);
  }
  check.action(async (file: string) => {
    const { checkTargetFile } = await import('../actions/target.ts');
    await checkTargetFile(file, check, context);
  });
}
