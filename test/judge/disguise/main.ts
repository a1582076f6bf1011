import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { judge } from '../../../src/checkers/verdict.ts';
import { simulateSale } from '../../../src/simulation/simulate-sale.ts';
import { disguises, namings, smallSales } from './arbitrary.ts';
import { disguise } from './disguise.ts';
import { giveNamesAgain, namingIn } from './names-again.ts';

/**
 * Shows the judge random correct sales as described shops of every kind would have recorded them; a part of these give names
 * again. Exits with 1 when the judge raised a false alarm.
 */
const { values } = parseArgs({
  options: {
    shops: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const ALARMS_TOLD = 20;
const PROGRESS_EVERY = 1_000;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const shops = fc.record({
  options: smallSales,
  as: disguises,
  naming: fc.option(namings, { nil: undefined }),
});

/** A shop of a number and a seed of its own, so that a longer run begins with those of a shorter one. */
const shopAt = (index: number) =>
  fc.sample(shops, { numRuns: 1, seed: Number(values.seed) + index })[0];

let alarms = 0;
say(`${values.shops} described shops of seed ${values.seed}`);
for (let index = 0; index < Number(values.shops); index++) {
  const shop = shopAt(index);
  if (shop === undefined) continue;
  const { options, as, naming } = shop;
  const { evidence } = simulateSale(options);
  const named =
    naming === undefined ? evidence : giveNamesAgain(evidence, namingIn(naming, as, options.flow));
  const wrong = judge(disguise(named, as)).checks.filter(
    ({ status, summary }) => status === 'invalid' || /failed/.test(summary),
  );
  if (wrong.length > 0 && ++alarms <= ALARMS_TOLD) {
    say(`\nShop ${Number(values.seed) + index}: ${JSON.stringify(shop)}`);
    for (const { name, summary, witness } of wrong) say(`${name}: ${summary}\n${witness?.prose}`);
  }
  if ((index + 1) % PROGRESS_EVERY === 0) say(`${index + 1} shops, ${alarms} false alarms`);
}
say(`${alarms} false alarms`);
if (alarms > 0) process.exitCode = 1;
