import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { referenceShop } from '../../target/reference.ts';
import { type Offers, offersOf } from './offers.ts';
import { seedSale } from './seed-sale.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A server on which some SKUs exist already, each with 7 units; `calls` records the order of the requests. */
function createAdmin(...existing: string[]) {
  const calls: string[] = [];
  const put = (name: string) => async () => {
    calls.push(name);
    return { existing };
  };
  return {
    calls,
    putProducts: put('products'),
    putCampaigns: put('campaigns'),
    putFlashSales: put('flash sales'),
    putEvents: async (events: NonNullable<Offers['events']>) => ({
      organizer: { userId: 'organizer', token: 'of-organizer' },
      ticketTypes: events.flatMap(({ ticketTypes }) =>
        ticketTypes.map((type) => ({
          ...type,
          ...{ ticketTypeId: `id-of-${type.name}`, eventId: 'event', ticketsPerBuyerMax: 4 },
        })),
      ),
      existing,
    }),
    putQuests: put('quests'),
    putBuyers: async (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        userId: `${prefix}${index + 1}`,
        token: `token-${index + 1}`,
      })),
    readTotal: async () => 7,
  };
}

const PRODUCT = { skuId: 'SHOE', name: 'Shoe', basePrice: '99.00', flashSalePrice: '49.00' };
const TIMES = { startTime: '2026-01-01T00:00:00Z', endTime: '2026-01-02T00:00:00Z' };
const OFFERS: Offers = {
  products: [{ ...PRODUCT, totalInventory: 5 }],
  flashSales: [{ saleId: 'SHOE', skuId: 'SHOE', ...TIMES }],
};

it('writes what is on sale, its buyers and the seed into a file for its owner alone', async () => {
  const path = join(folder, 'sale.json');
  const admin = createAdmin();
  const seeded = await seedSale(admin, { offers: OFFERS, buyers: 2, seed: 3, path });
  expect(seeded).toEqual({
    skus: [
      {
        ...{ skuId: 'SHOE', total: 5, unitPrice: '49.00', soldBy: 'flash-sale' },
        ...{ opensAt: TIMES.startTime, closesAt: TIMES.endTime },
      },
    ],
    buyers: [
      { userId: 'flashsale-buyer-1', token: 'token-1' },
      { userId: 'flashsale-buyer-2', token: 'token-2' },
    ],
    seed: 3,
    shop: referenceShop,
  });
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(seeded);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(admin.calls).toEqual(['products', 'flash sales']);
});

it('puts several SKUs on sale, each with its units and its price', async () => {
  const path = join(folder, 'sale.json');
  const offers: Offers = {
    products: [
      { ...PRODUCT, totalInventory: 5 },
      { ...PRODUCT, skuId: 'LAMP', flashSalePrice: '7.50', totalInventory: 2 },
    ],
    campaigns: [
      {
        campaignId: 'GIFT',
        name: 'Gift',
        capacity: 3,
        startsAt: TIMES.startTime,
        endsAt: TIMES.endTime,
      },
    ],
  };
  const seeded = await seedSale(createAdmin(), { offers, buyers: 1, seed: 1, path });
  expect(seeded.skus).toEqual([
    { skuId: 'SHOE', total: 5, unitPrice: '49.00', soldBy: 'reservations' },
    { skuId: 'LAMP', total: 2, unitPrice: '7.50', soldBy: 'reservations' },
    {
      ...{ skuId: 'GIFT', total: 3, unitPrice: '0.00', soldBy: 'campaign' },
      ...{ opensAt: TIMES.startTime, closesAt: TIMES.endTime },
    },
  ]);
});

it('puts tickets on sale under the ids that the server gives them, and names their organizer', async () => {
  const hours = { opensAt: TIMES.startTime, closesAt: TIMES.endTime };
  const event = {
    ...{ title: 'Evening', venue: 'Hall', city: 'Brno' },
    ...{ startsAt: TIMES.startTime, endsAt: TIMES.endTime },
    ticketTypes: [
      { name: 'stalls', price: '9.00', capacity: 5, ...hours },
      { name: 'balcony', price: '4.00', capacity: 3, ...hours },
    ],
  };
  const path = join(folder, 'sale.json');
  const seeded = await seedSale(createAdmin('id-of-balcony'), {
    ...{ offers: { events: [event] }, buyers: 1, seed: 1, path },
  });
  expect(seeded.skus).toEqual([
    { skuId: 'id-of-stalls', total: 5, unitPrice: '9.00', soldBy: 'tickets', ...hours },
    { skuId: 'id-of-balcony', total: 3 },
  ]);
  expect(seeded.organizer).toEqual({ userId: 'organizer', token: 'of-organizer' });
});

it('S2.4 puts up a quest after the campaign whose vouchers it gives', async () => {
  const path = join(folder, 'sale.json');
  const admin = createAdmin();
  const offers = offersOf('quest', { skus: [{ skuId: 'HUNT', stock: 4 }], nowMs: 0 });
  const seeded = await seedSale(admin, { offers, buyers: 1, seed: 1, path });
  expect(admin.calls).toEqual(['campaigns', 'quests']);
  expect(seeded.skus).toMatchObject([
    { skuId: 'HUNT', total: 4, unitPrice: '0.00', soldBy: 'campaign', isReward: true },
  ]);
  expect(seeded.shop.name).toBe('quests');
});

it('reads the stock of a SKU that existed before from the server, and does not claim to know its price', async () => {
  const path = join(folder, 'sale.json');
  const seeded = await seedSale(createAdmin('SHOE'), { offers: OFFERS, buyers: 1, seed: 1, path });
  expect(seeded.skus).toEqual([{ skuId: 'SHOE', total: 7 }]);
});

it('fails with the path of a file that cannot be written', async () => {
  const path = join(folder, 'missing', 'sale.json');
  await expect(
    seedSale(createAdmin(), { offers: OFFERS, buyers: 1, seed: 1, path }),
  ).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining(path) });
});
