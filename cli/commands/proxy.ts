import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './examples.ts';

/** `proxy`: widens the races of a shop by standing between it and its database. */
export function addProxyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('proxy')
    .description('stand between a shop and its database, and hold back every answer of it')
    .requiredOption('--listen <host:port>', 'where the shop connects to')
    .requiredOption('--to <host:port>', 'the database, Redis or HTTP service that the shop uses')
    .option('--widen <time>', 'how long each answer is held back', '5ms');
  addExamples(command, [
    'flashsale-cli proxy --listen 127.0.0.1:6432 --to 127.0.0.1:5432',
    'flashsale-cli proxy --listen 127.0.0.1:6390 --to 127.0.0.1:6379 --widen 20ms',
  ]);
  command.action(async () => {
    const { holdProxy } = await import('../actions/proxy.ts');
    await holdProxy(command, context);
  });
}
