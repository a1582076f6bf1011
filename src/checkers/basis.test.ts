import { expect, it } from 'vitest';
import { inShop, SHOP_CALLS, shopBooks, shopSale } from '../../test/judge/shop-story.ts';
import { evidenceOf, SKU } from '../../test/judge/story.ts';
import { TICKETS, ticketBooks, ticketSale } from '../../test/judge/ticket-story.ts';
import { basisOf } from './basis.ts';

it('names the evidence with its numbers, and the evidence that nobody could see', () => {
  expect(basisOf(inShop())).toBe(
    'It rests on 5 answers to 5 calls and a ledger of 3 reservations, 1 order, and 6 movements; ' +
      'nobody could see the payments of the final ledger, the events that consumers handled, ' +
      'the stock of the hot store, scrapes of /metrics, and the load generator’s report about itself.',
  );
});

it('counts the tickets', () => {
  const evidence = evidenceOf(ticketSale, TICKETS, { ledger: ticketBooks() });
  expect(basisOf(evidence)).toContain('4 movements, and 3 tickets');
});

it('counts a call without an answer as a call alone', () => {
  const [first, ...others] = SHOP_CALLS;
  const silent = { ...first, outcome: 'info', status: 0, sequence: undefined } as never;
  expect(basisOf(evidenceOf(shopSale, [silent, ...others]))).toMatch(
    /^It rests on 4 answers to 5 calls; nobody could see the stock of the final ledger, /,
  );
});

it('has nothing out of sight when everything is there', () => {
  const ledger = shopBooks();
  const ofSku = { skuId: SKU, userId: 'ann' };
  ledger.payments.push({
    ...{ row: 'payment', transactionId: 't', orderId: 'order-a', ...ofSku },
    ...{ amount: '1.00', status: 'CHARGED' },
  });
  ledger.deliveries.push({
    ...{ row: 'delivery', group: 'search', eventId: 'e', topic: 'inventory', type: 'RESERVED' },
    ...{ skuId: SKU, sequence: 1 },
  });
  ledger.hotStock.push({ row: 'hot_stock', skuId: SKU, available: 2 });
  const scrapeOf = (instance: string, atMs: number) => ({
    ...{ instance, startedAtNs: atMs * 1e6, endedAtNs: atMs * 1e6 + 1 },
    samples: [{ name: 'flashsale_oversold_units', labels: { sku: SKU }, value: 0 }],
  });
  const scrapes = [
    scrapeOf('http://one', 0),
    scrapeOf('http://one', 40),
    scrapeOf('http://two', 41),
  ];
  const generator = { saturated: false, reasons: [] };
  expect(basisOf(evidenceOf(shopSale, SHOP_CALLS, { ledger, scrapes, generator }))).toBe(
    'It rests on 5 answers to 5 calls, a ledger of 3 reservations, 1 order, 6 movements, and ' +
      '1 payment, 1 consumer group, the hot store, and 3 scrapes of 2 instances; ' +
      'nothing that a check looks at was out of sight.',
  );
});
