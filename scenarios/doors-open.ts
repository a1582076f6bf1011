import { check } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, theOrganizer, thisBuyer, unitsWanted } from './lib/sale.ts';
import { type Answer, buy, can, cancelOrder, checkIn, isOk, isRefused } from './lib/shop.ts';

/**
 * Guests buy their tickets at the door and go in. Each ticket is shown at two gates at the same moment, some once more
 * later, and some guests try to get their money back once they are in. Some get it back before, and try to go in all the same.
 */
export const sale = planSale({
  needs: ['buy', 'check-in'],
  sells: 'tickets',
  skus: [{ stock: 200 }, { stock: 100 }],
  unitsPerBuyerMax: 3,
  buyers: 600,
  challenges: ['double-check-in', 'several-units', 'several-skus'],
});

const letIn = new Counter('let_in');

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      vus: Math.min(100, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '5m',
    },
  },
  thresholds: {
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export default async function doorsOpen(): Promise<void> {
  const buyer = thisBuyer();
  const organizer = theOrganizer();
  const sku = skuOnSale();
  const wanted = unitsWanted(sale.unitsPerBuyerMax);
  let bought = await buy(buyer, sku, wanted);
  // The last tickets must not remain because everybody wants two.
  if (!isOk(bought) && wanted > 1) bought = await buy(buyer, sku);
  if (!isOk(bought)) return;
  const tickets = bought.tickets || [];
  const atTheDoor = (ticket: string): Promise<Answer> => checkIn(organizer, sku, ticket);
  if (can('cancel') && decide(3) < 0.1 && isOk(await cancelOrder(buyer, bought))) {
    check(await Promise.all(tickets.map(atTheDoor)), {
      'not let in once the money is back': (scans) => scans.every(isRefused),
    });
    return;
  }
  for (const ticket of tickets) {
    const scans = await Promise.all([atTheDoor(ticket), atTheDoor(ticket)]);
    if (decide(1) < 0.2) scans.push(await atTheDoor(ticket));
    const times = scans.filter(isOk).length;
    letIn.add(times);
    check(times, { 'let in once': (count) => count === 1 });
  }
  if (decide(2) < 0.2) {
    check(await cancelOrder(buyer, bought), { 'no money back once inside': isRefused });
  }
}
