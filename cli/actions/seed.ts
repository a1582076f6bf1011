import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../src/kernel/clock.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { assertWritable } from '../../src/kernel/writable.ts';
import type { SeededWay } from '../../src/protocol/ways-of-selling.ts';
import { Offers, offersOf } from '../../src/run/sale/offers.ts';
import { seedSale } from '../../src/run/sale/seed-sale.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { adminOfServer } from '../running-server.ts';

const STOCK = 500;
const BUYERS = 20_000;

/** Puts something on sale on a running server, makes its buyers exist, and writes the sale file. */
export async function seedServer(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & SeedFlags>();
  const { admin, settings } = await adminOfServer(command, context);
  const path = resolve(context.cwd, flags.out);
  assertWritable(path, '--out FILE');
  const stock = settings.stock ?? STOCK;
  const offers =
    flags.file === undefined
      ? offersOf(flags.sells, { skus: [{ skuId: flags.sku, stock }], nowMs: systemClock.nowMs() })
      : await readOffers(resolve(context.cwd, flags.file));
  const sale = await seedSale(admin, {
    offers,
    buyers: settings.buyers ?? BUYERS,
    seed: settings.seed,
    path,
  });
  if (flags.json) {
    const { skus, buyers } = sale;
    context.document({ skus, buyers: buyers.length, path });
  } else {
    context.stdout.write(`${path}\n`);
    for (const { skuId, total } of sale.skus) {
      context.stderr.write(`${skuId}: ${total} units, ${sale.buyers.length} buyers\n`);
    }
  }
}

interface SeedFlags {
  sku: string;
  sells: SeededWay;
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
    next: 'mend it; the fields are those of PUT /api/v1/admin/products, …/campaigns, …/flash-sales and …/quests, and of POST /events with its ticketTypes',
  });
}
