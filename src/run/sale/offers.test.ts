import { expect, it } from 'vitest';
import { Offers, offersOf } from './offers.ts';

const sale = { skus: [{ skuId: 'SHOE', stock: 5 }], nowMs: Date.UTC(2026, 0, 1, 12) };

it('is a product for reservations', () => {
  expect(offersOf('reservations', sale)).toMatchObject({
    products: [{ skuId: 'SHOE', totalInventory: 5 }],
  });
});

it('is a product of which a buyer gets no more units than the sale allows', () => {
  expect(offersOf('reservations', { ...sale, unitsPerBuyerMax: 3 })).toMatchObject({
    products: [{ skuId: 'SHOE', unitsPerBuyerMax: 3 }],
  });
});

it('is a campaign that has begun', () => {
  expect(offersOf('campaign', sale)).toEqual({
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

it.each(['campaign', 'flash-sale'] as const)('is a %s with the hours of the plan', (sells) => {
  const hours = { opensAfterMs: 2_000, closesAfterMs: 5_500 };
  const { campaigns, flashSales } = offersOf(sells, { ...sale, hours });
  const { startsAt, endsAt, startTime, endTime } = { ...campaigns?.[0], ...flashSales?.[0] };
  expect([startsAt ?? startTime, endsAt ?? endTime]).toEqual([
    '2026-01-01T12:00:02.000Z',
    '2026-01-01T12:00:05.500Z',
  ]);
});

it('S2.4 is a campaign of rewards with the quest that gives them', () => {
  const offers = offersOf('quest', sale);
  expect(offers).toMatchObject({
    campaigns: [{ campaignId: 'SHOE', capacity: 5, isReward: true }],
    quests: [
      { questId: 'SHOE', goal: { counts: 'codes', needed: 2 }, reward: { campaignId: 'SHOE' } },
    ],
  });
  expect(Offers.safeParse(offers).success).toBe(true);
});

it('is a product with its flash sale', () => {
  const offers = offersOf('flash-sale', sale);
  expect(offers).toMatchObject({
    products: [{ skuId: 'SHOE' }],
    flashSales: [{ saleId: 'SHOE', skuId: 'SHOE', startTime: '2026-01-01T11:00:00.000Z' }],
  });
  expect(Offers.safeParse(offers).success).toBe(true);
});

it('gives each of several SKUs a price of its own, unless the plan has one', () => {
  const skus = [
    { skuId: 'SHOE', stock: 5 },
    { skuId: 'LAMP', stock: 2 },
    { skuId: 'DESK', stock: 1, price: '7.50' },
  ];
  expect(offersOf('reservations', { ...sale, skus })).toMatchObject({
    products: [
      { skuId: 'SHOE', totalInventory: 5, flashSalePrice: '49.00' },
      { skuId: 'LAMP', totalInventory: 2, flashSalePrice: '50.00' },
      { skuId: 'DESK', totalInventory: 1, flashSalePrice: '7.50' },
    ],
  });
});

it.each(['campaign', 'flash-sale'] as const)('is one %s for each of several SKUs', (sells) => {
  const skus = [
    { skuId: 'SHOE', stock: 5 },
    { skuId: 'LAMP', stock: 2 },
  ];
  const offers = offersOf(sells, { ...sale, skus });
  expect(offers[sells === 'campaign' ? 'campaigns' : 'flashSales']).toHaveLength(2);
  expect(Offers.safeParse(offers).success).toBe(true);
});
