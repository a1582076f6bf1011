import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { systemClock } from '../../src/kernel/clock.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { createAdminApi } from '../../src/run/sale/admin-api.ts';
import { type SalePlan, SELLS } from '../../src/run/sale/sale-plan.ts';
import { Offers, offerOf, seedSale } from '../../src/run/sale/seed-sale.ts';
import { readStackState } from '../../src/stack/state-file.ts';
import { addSettings, type CliContext, type GlobalFlags, settingsOf } from '../context.ts';
import { stackBehind } from '../stack-behind.ts';

const STOCK = 500;
const BUYERS = 20_000;

/** `seed`: something to sell and its buyers on a server that runs, and the sale file that scenarios read. */
export function addSeedCommand(program: Command, context: CliContext): void {
  const command = program
    .command('seed')
    .description(
      'put something on sale on a running server, and make its buyers exist; repeating it changes nothing',
    )
    .option('--sku <id>', 'the product, campaign or flash sale', 'flash-sale')
    .addOption(
      new Option('--sells <way>', 'how --stock units of it are sold')
        .choices(SELLS)
        .default('reservations'),
    )
    .option(
      '--file <file>',
      'JSON with the products, campaigns and flash sales to seed, instead of one by flags',
    )
    .option('--out <file>', 'where the sale file goes (SKUs and buyers with tokens)', 'sale.json');
  addSettings(command, ['target', 'adminToken', 'stock', 'buyers', 'seed']);

  command.action(async () => {
    const flags = command.optsWithGlobals<GlobalFlags & SeedFlags>();
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
    const stock = settings.stock ?? STOCK;
    const offers =
      flags.file === undefined
        ? offerOf(flags.sells, { skuId: flags.sku, stock, nowMs: systemClock.nowMs() })
        : await readOffers(resolve(context.cwd, flags.file));
    const sale = await seedSale(createAdminApi({ targets, token }), {
      offers,
      buyers: settings.buyers ?? BUYERS,
      seed: settings.seed,
      path,
    });
    if (flags.json) {
      const { skus, buyers } = sale;
      context.stdout.write(`${JSON.stringify({ skus, buyers: buyers.length, path }, null, 2)}\n`);
    } else {
      context.stdout.write(`${path}\n`);
      for (const { skuId, total } of sale.skus) {
        context.stderr.write(`${skuId}: ${total} units, ${sale.buyers.length} buyers\n`);
      }
    }
  });
}

interface SeedFlags {
  sku: string;
  sells: SalePlan['sells'];
  file?: string;
  out: string;
}

async function readOffers(path: string): Promise<Offers> {
  let text: unknown;
  try {
    text = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw UserError.usage(`${path} cannot be read`, {
      why: rootMessage(cause),
      next: 'give a JSON file like {"products": [{"skuId": …}], "campaigns": [{"campaignId": …}]}',
      cause,
    });
  }
  const offers = Offers.safeParse(text);
  if (offers.success) return offers.data;
  const issue = offers.error.issues[0];
  throw UserError.usage(`${path} holds nothing that can be sold`, {
    why: `${issue?.path.join('.') || 'the file'}: ${issue?.message}`,
    next: 'mend it; the fields are those of PUT /api/v1/admin/products, …/campaigns and …/flash-sales',
  });
}
