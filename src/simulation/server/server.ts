import type { World } from '../world.ts';
import { type Analytics, createAnalytics } from './analytics.ts';
import { type Answer, refuse } from './answer.ts';
import { type Baskets, createBaskets } from './baskets.ts';
import { type Buying, createBuying } from './buy.ts';
import { type Campaign, createCampaign } from './campaign.ts';
import { createEventLog, type EventLog } from './events.ts';
import { createFlashSale, type FlashSale } from './flash-sale.ts';
import type { Instances } from './instances.ts';
import { createQuests, type Quests } from './quests.ts';
import { createReserve } from './reserve.ts';
import { createShop, type Shop } from './shop.ts';
import { createSoldOutMemory } from './sold-out-memory.ts';
import { createStock, type Stock } from './stock.ts';
import { readStockGauges } from './stock-gauges.ts';
import { countingPurchases, createTickets, type Tickets } from './tickets.ts';

/** The server under test. */
export interface Server {
  stock: Stock;
  events: EventLog;
  shop: Shop;
  baskets: Baskets;
  buying: Buying;
  campaign: Campaign;
  quests: Quests;
  flashSale: FlashSale;
  tickets: Tickets;
  analytics: Analytics;
  /** The counts of a SKU, as the ledger has them at this moment. */
  readStock(sku: string): Answer;
}

const NOT_SOLD = refuse('NOT_FOUND');
const NO_TICKETS: Tickets = {
  tickets: new Map(),
  buy: () => NOT_SOLD,
  buyBasket: () => NOT_SOLD,
  checkIn: () => NOT_SOLD,
};

export function createServer(world: World, instances: Instances): Server {
  const events = createEventLog(world, instances);
  const stock = createStock(world, instances, events);
  instances.gauges.readStock = () => readStockGauges(world, stock);
  const sellsTickets = world.options.flow === 'tickets';
  const counted = sellsTickets ? countingPurchases(instances) : instances;
  const memory = createSoldOutMemory(world, stock);
  const reserve = createReserve(world, stock, counted, memory);
  const shop = createShop(world, stock, counted, events, reserve);
  const baskets = createBaskets(world, stock, shop, memory);
  const campaign = createCampaign(world, stock, instances);
  return {
    ...{ stock, events, shop, baskets },
    tickets: sellsTickets
      ? createTickets(world, stock, shop, baskets, events, instances)
      : NO_TICKETS,
    buying: createBuying(stock, reserve, baskets),
    campaign,
    quests: createQuests(world, campaign),
    flashSale: createFlashSale(world, stock, instances, events),
    analytics: createAnalytics(world, events, stock),

    readStock(sku) {
      const { available, reserved, sold, sequence } = stock.shelf(sku);
      return { outcome: 'ok', status: 200, sku, sequence, observed: { available, reserved, sold } };
    },
  };
}
