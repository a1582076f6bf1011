import { type Command, Option } from 'commander';
import { SEEDED_WAYS } from '../../src/protocol/ways-of-selling.ts';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `seed`: puts something on sale on a running server, with its buyers, and writes the sale file that scenarios read. */
export function addSeedCommand(program: Command, context: CliContext): void {
  const command = program
    .command('seed')
    .description(
      'put something on sale on a running server, and make its buyers exist; repeating it changes nothing',
    )
    .option('--sku <id>', 'the product, campaign, flash sale, quest or event', 'flash-sale')
    .addOption(
      new Option('--sells <way>', 'how --stock units of it are sold')
        .choices(SEEDED_WAYS)
        .default('reservations'),
    )
    .option(
      '--file <file>',
      'JSON with the products, campaigns, flash sales, quests and events to seed, instead of one by flags',
    )
    .option('--out <file>', 'where the sale file goes (SKUs and buyers with tokens)', 'sale.json');
  addSettingFlags(command, ['target', 'adminToken', 'stock', 'buyers', 'seed']);
  addExamples(command, [
    'flashsale-cli seed --stock 100 --buyers 1000',
    'flashsale-cli seed --sku spring --sells campaign --stock 50 --out spring.json',
  ]);
  command.action(async () => {
    const { seedServer } = await import('../actions/seed.ts');
    await seedServer(command, context);
  });
}
