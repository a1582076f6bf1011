import { expect, it } from 'vitest';
import { Offers, offerOf } from './offers.ts';

const sale = { skuId: 'SHOE', stock: 5, nowMs: Date.UTC(2026, 0, 1, 12) };

it('is a product for reservations', () => {
  expect(offerOf('reservations', sale)).toMatchObject({
    products: [{ skuId: 'SHOE', totalInventory: 5 }],
  });
});

it('is a campaign that has begun', () => {
  expect(offerOf('campaign', sale)).toEqual({
    campaigns: [
      {
        campaignId: 'SHOE',
        name: 'Flash sale SHOE',
        capacity: 5,
        startsAt: '2026-01-01T11:00:00.000Z',
        endsAt: '2026-01-02T12:00:00.000Z',
      },
    ],
  });
});

it('is a product with its flash sale', () => {
  const offers = offerOf('flash-sale', sale);
  expect(offers).toMatchObject({
    products: [{ skuId: 'SHOE' }],
    flashSales: [{ saleId: 'SHOE', skuId: 'SHOE', startTime: '2026-01-01T11:00:00.000Z' }],
  });
  expect(Offers.safeParse(offers).success).toBe(true);
});
