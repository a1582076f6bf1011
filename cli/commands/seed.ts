import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../src/kernel/errors.ts';
import { createAdminApi } from '../../src/run/admin-api.ts';
import { seedSale } from '../../src/run/seed-sale.ts';
import { readStackState } from '../../src/stack/state-file.ts';
import { addSettings, type CliContext, type GlobalFlags, settingsOf } from '../context.ts';
import { stackBehind } from '../stack-behind.ts';

const STOCK = 500;
const BUYERS = 20_000;

/** `seed`: a product and its buyers on a server that runs, and the sale file that scenarios read. */
export function addSeedCommand(program: Command, context: CliContext): void {
  const command = program
    .command('seed')
    .description(
      'make a product and its buyers exist on a running server; repeating it changes nothing',
    )
    .option('--sku <id>', 'the product', 'flash-sale')
    .option('--out <file>', 'where the sale file goes (SKUs and buyers with tokens)', 'sale.json');
  addSettings(command, ['target', 'adminToken', 'stock', 'buyers', 'seed']);

  command.action(async () => {
    const flags = command.optsWithGlobals<GlobalFlags & { sku: string; out: string }>();
    const { settings } = await settingsOf(command, context);
    const stack = await readStackState(context.cwd);
    const targets = settings.target ?? stack?.targets;
    const token = settings.adminToken ?? (await stackBehind(targets, context.cwd))?.adminToken;
    if (targets === undefined || token === undefined) {
      throw UserError.usage('there is no server to seed', {
        why:
          targets === undefined
            ? 'no target was given, and no stack runs here'
            : 'no token was given',
        next: 'start one with flashsale-cli up, or add --target URL --admin-token TOKEN',
      });
    }

    const path = resolve(context.cwd, flags.out);
    const sale = await seedSale(createAdminApi({ targets, token }), {
      skuId: flags.sku,
      stock: settings.stock ?? STOCK,
      buyers: settings.buyers ?? BUYERS,
      seed: settings.seed,
      path,
    });
    if (flags.json) {
      const { skus, buyers } = sale;
      context.stdout.write(`${JSON.stringify({ skus, buyers: buyers.length, path }, null, 2)}\n`);
    } else {
      const [{ skuId, total } = { skuId: '', total: 0 }] = sale.skus;
      context.stdout.write(`${path}\n`);
      context.stderr.write(`${skuId}: ${total} units, ${sale.buyers.length} buyers\n`);
    }
  });
}
