import { writeFile } from 'node:fs/promises';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { WayOfSelling } from '../../protocol/ways-of-selling.ts';
import type { ShopDescription } from '../../target/file/describe-shop.ts';
import { questShop, referenceShop } from '../../target/reference.ts';
import type { AdminApi, SeededBuyer } from './admin-api.ts';
import type { Offers } from './offers.ts';

/** The content of the sale file: scenarios read from it what is on sale and who buys it. */
export interface SeededSale {
  skus: SeededSku[];
  buyers: SeededBuyer[];
  /** The organizer, who lets tickets in; absent where none are sold. */
  organizer?: SeededBuyer;
  /** Decides what buyers do: two runs with one seed decide alike. */
  seed: number;
  /** How the requests of buyers look, and what the answers mean. */
  shop: ShopDescription;
}

export interface SeededSku {
  skuId: string;
  total: number;
  /** Price of one unit; absent, as all that follows, for a SKU that existed before: nobody knows how it is sold. */
  unitPrice?: string;
  /** The way in which it is sold, and the first moment at which it is and is not, where it has hours. */
  soldBy?: WayOfSelling;
  opensAt?: string;
  closesAt?: string;
  /** True for a campaign whose vouchers are given by a quest. */
  isReward?: boolean;
}

/**
 * All sales of a server share their buyers: the limit of one unit per buyer is per SKU, and each sale has its own SKU.
 */
const BUYER_PREFIX = 'flashsale-buyer-';

/** A campaign gives its vouchers away. */
const NO_PRICE = '0.00';

/**
 * Puts offers and their buyers on a server and writes the sale file for the scenario.
 *
 * @throws UserError when the server refuses, or the file cannot be written
 */
export async function seedSale(
  admin: SeedingApi & Pick<AdminApi, 'putEvents' | 'putBuyers'>,
  sale: {
    offers: Offers;
    buyers: number;
    /** Where the buyers get their email; absent: they get none. */
    emailDomain?: string | undefined;
    seed: number;
    path: string;
  },
): Promise<SeededSale> {
  const { offers, seed, path } = sale;
  const { events, ...others } = offers;
  const [skus, tickets, buyers] = await Promise.all([
    putOffers(admin, others),
    events && putTickets(admin, events),
    admin.putBuyers(BUYER_PREFIX, sale.buyers, sale.emailDomain),
  ]);
  const seeded: SeededSale = {
    ...{ skus: [...skus, ...(tickets?.skus ?? [])], buyers },
    ...(tickets && { organizer: tickets.organizer }),
    ...{ seed, shop: shopOf(offers) },
  };
  await writeFile(path, JSON.stringify(seeded), { mode: 0o600 }).catch((cause) => {
    throw UserError.environment(`the sale file ${path} could not be written`, {
      why: rootMessage(cause),
      next: 'free some space, or choose another folder',
      cause,
    });
  });
  return seeded;
}

async function putTickets(
  admin: Pick<AdminApi, 'putEvents'>,
  events: NonNullable<Offers['events']>,
): Promise<{ skus: SeededSku[]; organizer: SeededBuyer }> {
  const { organizer, ticketTypes, existing } = await admin.putEvents(events);
  const before = new Set(existing);
  return {
    organizer,
    skus: ticketTypes.map(({ ticketTypeId: skuId, capacity: total, price, opensAt, closesAt }) =>
      before.has(skuId)
        ? { skuId, total }
        : { skuId, total, unitPrice: price, soldBy: 'tickets', opensAt, closesAt },
    ),
  };
}

type SeedingApi = Pick<
  AdminApi,
  'putProducts' | 'putCampaigns' | 'putFlashSales' | 'putQuests' | 'readTotal'
>;

/** The description of the server for scenarios: the vouchers of quests are had by completing them. */
const shopOf = ({ quests = [] }: Offers): ShopDescription =>
  quests.length > 0 ? questShop : referenceShop;

async function putOffers(
  admin: SeedingApi,
  { products = [], campaigns = [], flashSales = [], quests = [] }: Omit<Offers, 'events'>,
): Promise<SeededSku[]> {
  const existing = new Set<string>();
  const put = async (answer: Promise<{ existing: string[] }>): Promise<void> => {
    for (const skuId of (await answer).existing) existing.add(skuId);
  };
  if (products.length > 0) await put(admin.putProducts(products));
  if (campaigns.length > 0) await put(admin.putCampaigns(campaigns));
  // A flash sale sells the units of a product, so the product must exist first.
  if (flashSales.length > 0) await admin.putFlashSales(flashSales);
  // The vouchers that a quest gives must exist first as well.
  if (quests.length > 0) await admin.putQuests(quests);
  const flashSaleOf = new Map(flashSales.map((sale) => [sale.skuId, sale]));
  const wanted: SeededSku[] = [
    ...products.map(({ skuId, totalInventory, flashSalePrice }) => ({
      skuId,
      total: totalInventory,
      unitPrice: flashSalePrice,
      ...offerOf(flashSaleOf.get(skuId)),
    })),
    ...campaigns.map(({ campaignId, capacity, startsAt, endsAt, isReward }) => ({
      skuId: campaignId,
      total: capacity,
      unitPrice: NO_PRICE,
      ...{ soldBy: 'campaign' as const, opensAt: startsAt, closesAt: endsAt },
      ...(isReward && { isReward }),
    })),
  ];
  // A SKU that existed before keeps its stock and its price, even if others were asked for now.
  return Promise.all(
    wanted.map(async (sku) => {
      const { skuId } = sku;
      return existing.has(skuId) ? { skuId, total: await admin.readTotal(skuId) } : sku;
    }),
  );
}

/** The way in which a product is sold: in its flash sale, if it has one. */
function offerOf(
  sale: NonNullable<Offers['flashSales']>[number] | undefined,
): Pick<SeededSku, 'soldBy' | 'opensAt' | 'closesAt'> {
  if (sale === undefined) return { soldBy: 'reservations' };
  return { soldBy: 'flash-sale', opensAt: sale.startTime, closesAt: sale.endTime };
}
