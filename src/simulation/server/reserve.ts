import type { World } from '../world.ts';
import { type Request, refuse, type Wanted, type Work } from './answer.ts';
import type { Instances } from './instances.ts';
import type { SoldOutMemory } from './sold-out-memory.ts';
import type { Stock } from './stock.ts';

/** Takes units off sale for a buyer. */
export type Reserve = (request: Request, wanted: Wanted) => Work;

export function createReserve(
  world: World,
  stock: Stock,
  { inc }: Instances,
  memory: SoldOutMemory,
): Reserve {
  const { bug, random, clock, options } = world;
  const wasSoldOut = new Set<string>();

  function decide(request: Request, wanted: Wanted, sinceNs: number): Work {
    const { buyer, callId, instance } = request;
    const { sku, quantity } = wanted;
    const shelf = stock.shelf(sku);
    const count = (outcome: string) => inc(instance, 'flashsale_reservations_total', { outcome });
    const no = (code: string, sequence?: number): Work => {
      count(code.toLowerCase());
      return refuse(code, sequence);
    };

    // A campaign's units are sold by registration.
    const isAside = options.flow === 'register' || options.flow === 'quest';
    if (isAside && bug !== 'side-door') return no('SOLD_ANOTHER_WAY', shelf.sequence);

    const before = stock.holdOf(sku, buyer);
    if (before && stock.hasLapsed(before)) stock.giveBack(before, 'EXPIRED', instance);
    else if (before && !(bug === 'duplicate-buyer' && shelf.available >= quantity)) {
      const code = before.status === 'CONFIRMED' ? 'ALREADY_PURCHASED' : 'ALREADY_RESERVED';
      return no(code, shelf.sequence);
    } else if (before) world.harm++;

    if (bug === 'false-sold-out' && wasSoldOut.has(sku) && shelf.available >= quantity) {
      world.harm++;
      return no('OUT_OF_STOCK', shelf.sequence);
    }
    if (shelf.available < quantity) {
      wasSoldOut.add(sku);
      memory.remember(instance, sku);
      if (bug !== 'lost-update' || random() < 0.7) return no('OUT_OF_STOCK', shelf.sequence);
      world.harm++;
    }
    const hold = stock.take({ sku, buyer, quantity, callId, instance, sinceNs });
    if (isAside) world.harm++;
    if (bug === 'refused-but-done' && random() < 0.2) {
      world.harm++;
      return no('CONTENTION_LOST');
    }
    count('held');
    if (world.errs('counted-twice', 0.1)) count('held');
    const isRepeated = bug === 'repeated-number' && random() < 0.3 && hold.sequence > 1;
    if (isRepeated) world.harm++;
    return {
      outcome: 'ok',
      status: 201,
      sku,
      hold: hold.id,
      sequence: isRepeated ? hold.sequence - 1 : hold.sequence,
    };
  }

  return (request, wanted) => {
    if (memory.refuses(request, wanted)) {
      inc(request.instance, 'flashsale_reservations_total', { outcome: 'out_of_stock' });
      return refuse('OUT_OF_STOCK');
    }
    const sinceNs = clock.nowNs();
    const waitNs = world.upToMs(Math.min(options.lockWaitMs, options.holdTtlMs / 2));
    if (waitNs === 0) return decide(request, wanted, sinceNs);
    return {
      afterNs: waitNs,
      goOn() {
        // Somebody who changes the SKU again and again can keep others from it.
        if (random() > 0.02) return decide(request, wanted, sinceNs);
        inc(request.instance, 'flashsale_reservations_total', { outcome: 'contention_lost' });
        return refuse('CONTENTION_LOST');
      },
    };
  };
}
