import type { Command } from 'commander';
import type { CliContext } from '../context.ts';

/** `proxy`: widens the races of a shop by standing between it and its database. */
export function addProxyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('proxy')
    .description('stand between a shop and its database, and hold back every answer of it')
    .requiredOption('--listen <host:port>', 'where the shop connects to')
    .requiredOption('--to <host:port>', 'the database, Redis or HTTP service that the shop uses')
    .option('--widen <time>', 'how long each answer is held back', '5ms');
  command.action(async () => {
    const { holdProxy } = await import('../actions/proxy.ts');
    await holdProxy(command, context);
  });
}
