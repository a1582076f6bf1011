import * as z from 'zod';
import { SeedProducts } from '../../protocol/admin.ts';
import { SeedCampaigns } from '../../protocol/campaigns.ts';
import { SeedFlashSales } from '../../protocol/flash-sales.ts';
import { SeedQuests } from '../../protocol/quests.ts';
import { QUEST_CODES } from '../../target/reference-file.ts';
import { OfferedEvent } from './put-events.ts';
import type { PlannedSku, SalePlan } from './sale-plan.ts';

/** Everything that is put on sale, in the words of the admin API; a seed file holds the same. */
export const Offers = z.strictObject({
  products: SeedProducts.shape.products.optional(),
  campaigns: SeedCampaigns.shape.campaigns.optional(),
  flashSales: SeedFlashSales.shape.sales.optional(),
  events: z.array(OfferedEvent).min(1).optional(),
  quests: SeedQuests.shape.quests.optional(),
});
export type Offers = z.input<typeof Offers>;

/** Without hours of its own, a sale has begun an hour ago, because the server's clock may be behind ours. */
const ALL_DAY = { opensAfterMs: -3_600_000, closesAfterMs: 24 * 3_600_000 };

/** Each SKU costs one more than the one before it, so that an order at the price of another SKU shows. */
const FIRST_PRICE = 49;

/** The time that an event takes. It begins when the sale of its tickets is over. */
const EVENT_MS = 4 * 3_600_000;

/**
 * The offers of a sale of some SKUs. A campaign is the SKU with its id; a flash sale or a quest has the id of its SKU. Tickets
 * are of one event; the server gives their types ids of its own.
 */
export function offersOf(
  sells: SalePlan['sells'],
  {
    skus,
    unitsPerBuyerMax,
    hours = ALL_DAY,
    nowMs,
  }: {
    skus: (PlannedSku & { skuId: string })[];
    unitsPerBuyerMax?: number;
    hours?: SalePlan['hours'];
    nowMs: number;
  },
): Offers {
  const startsAt = new Date(nowMs + hours.opensAfterMs).toISOString();
  const endsAt = new Date(nowMs + hours.closesAfterMs).toISOString();
  const nameOf = (skuId: string): string => `Flash sale ${skuId}`;
  if (sells === 'campaign' || sells === 'quest') {
    const isReward = sells === 'quest';
    const campaigns = skus.map(({ skuId, stock }) => ({
      ...{ campaignId: skuId, name: nameOf(skuId), capacity: stock, startsAt, endsAt },
      ...(isReward && { isReward }),
    }));
    if (!isReward) return { campaigns };
    const goal = { counts: 'codes' as const, needed: QUEST_CODES.length, codes: [...QUEST_CODES] };
    const quests = skus.map(({ skuId }) => ({
      ...{ questId: skuId, name: nameOf(skuId), goal, reward: { campaignId: skuId } },
    }));
    return { campaigns, quests };
  }
  const priceAt = (place: number): string => skus[place]?.price ?? `${FIRST_PRICE + place}.00`;
  if (sells === 'tickets') {
    return {
      events: [
        {
          ...{ title: nameOf(skus[0]?.skuId ?? ''), venue: 'Town hall', city: 'Brno' },
          ...{ startsAt: endsAt, endsAt: new Date(Date.parse(endsAt) + EVENT_MS).toISOString() },
          ticketTypes: skus.map(({ stock }, place) => ({
            ...{ name: `Block ${place + 1}`, price: priceAt(place), capacity: stock },
            ...{ opensAt: startsAt, closesAt: endsAt, ticketsPerBuyerMax: unitsPerBuyerMax },
          })),
        },
      ],
    };
  }
  const products = skus.map(({ skuId, stock }, place) => ({
    skuId,
    name: nameOf(skuId),
    basePrice: '99.00',
    flashSalePrice: priceAt(place),
    totalInventory: stock,
    unitsPerBuyerMax,
  }));
  if (sells === 'reservations') return { products };
  const flashSales = skus.map(({ skuId }) => ({
    saleId: skuId,
    skuId,
    startTime: startsAt,
    endTime: endsAt,
  }));
  return { products, flashSales };
}
