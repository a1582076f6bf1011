import type { Evidence } from '../../../src/checkers/evidence.ts';
import { createBuyers, type Visit } from './buyers.ts';
import { createCampaign } from './campaign.ts';
import { readLedger } from './final-ledger.ts';
import { createFlashSale } from './flash-sale.ts';
import { createInstances, type Instances } from './instances.ts';
import { createNetwork } from './network.ts';
import { createShop } from './shop.ts';
import { createStock } from './stock.ts';
import { createWorld, idOf, NS_PER_MS, type SimulationOptions, type World } from './world.ts';

export interface Simulation {
  evidence: Evidence;
  /** Number of times that the bug did harm; 0 when this run gave it no chance. */
  harm: number;
}

/**
 * Simulates a whole sale in virtual time: buyers with different plans, a network that delays and loses, several server
 * processes, a sweeper, and a ledger that is right, or wrong in one named way. The same options give the same evidence.
 *
 * The simulation and the checks share no code, so that a mistake in one shows in the other.
 */
export function simulateSale(options: SimulationOptions): Simulation {
  const world = createWorld(options);
  const instances = createInstances(world);
  const stock = createStock(world, instances);
  const server = {
    shop: createShop(world, stock, instances),
    campaign: createCampaign(world, stock, instances),
    flashSale: createFlashSale(world, stock),
  };
  const network = createNetwork(world);
  runSale(world, instances, createBuyers(world, network, server));
  const { sale } = world;
  const { operations } = network;
  const ledger = readLedger(world, stock, server, operations);
  return {
    evidence: { sale, operations, ledger, scrapes: instances.scrapes },
    harm: world.harm,
  };
}

function runSale(world: World, { scrapeAll }: Instances, visit: Visit): void {
  const { timeline, random, options } = world;
  const { buyers, arrivalRate, holdTtlMs, sweepGraceMs, isKilled } = options;
  scrapeAll();
  let arrivalNs = 10 * NS_PER_MS;
  for (let place = 0; place < buyers; place++) {
    arrivalNs += Math.floor(-Math.log(1 - random()) * (1e9 / arrivalRate));
    timeline.at(arrivalNs, () => visit(idOf('b', place + 1), 3));
  }
  const everyNs = Math.max(20 * NS_PER_MS, arrivalNs / 100);
  for (let atNs = 20 * NS_PER_MS; atNs < arrivalNs; atNs += everyNs) {
    timeline.at(Math.floor(atNs), scrapeAll);
  }
  if (isKilled) {
    timeline.at(Math.floor(arrivalNs / 2), () => {
      world.wasKilled = true;
    });
  }
  timeline.run();
  // One more buyer comes long after the last hold had to be swept.
  timeline.after((holdTtlMs + sweepGraceMs + 10) * NS_PER_MS, () =>
    visit(idOf('b', buyers + 1), 0),
  );
  timeline.run();
  timeline.after(NS_PER_MS, scrapeAll);
  timeline.run();
}
