import type { World } from '../world.ts';
import { type Analytics, createAnalytics } from './analytics.ts';
import { type Answer, refuse } from './answer.ts';
import { type Buy, createBuy } from './buy.ts';
import { type Campaign, createCampaign } from './campaign.ts';
import { createEventLog, type EventLog } from './events.ts';
import { createFlashSale, type FlashSale } from './flash-sale.ts';
import type { Instances } from './instances.ts';
import { createQuests, type Quests } from './quests.ts';
import { createShop, type Shop } from './shop.ts';
import { createStock, type Stock } from './stock.ts';
import { readStockGauges } from './stock-gauges.ts';
import { countingPurchases, createTickets, type Tickets } from './tickets.ts';

/** The server under test. */
export interface Server {
  stock: Stock;
  events: EventLog;
  shop: Shop;
  buy: Buy;
  campaign: Campaign;
  quests: Quests;
  flashSale: FlashSale;
  tickets: Tickets;
  analytics: Analytics;
  /** The counts of a SKU, as the ledger has them at this moment. */
  readStock(sku: string): Answer;
}

const NOT_SOLD = refuse('NOT_FOUND');

export function createServer(world: World, instances: Instances): Server {
  const events = createEventLog(world, instances);
  const stock = createStock(world, instances, events);
  instances.gauges.readStock = () => readStockGauges(world, stock);
  const sellsTickets = world.options.flow === 'tickets';
  const counted = sellsTickets ? countingPurchases(instances) : instances;
  const shop = createShop(world, stock, counted, events);
  const campaign = createCampaign(world, stock, instances);
  return {
    ...{ stock, events, shop },
    tickets: sellsTickets
      ? createTickets(world, stock, shop, counted)
      : { tickets: new Map(), buy: () => NOT_SOLD, checkIn: () => NOT_SOLD },
    buy: createBuy(world, stock, instances),
    campaign,
    quests: createQuests(world, campaign),
    flashSale: createFlashSale(world, stock, instances, events),
    analytics: createAnalytics(world, events),

    readStock(sku) {
      const { available, reserved, sold, sequence } = stock.shelf(sku);
      return { outcome: 'ok', status: 200, sku, sequence, observed: { available, reserved, sold } };
    },
  };
}
