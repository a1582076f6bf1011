import { readFileSync } from 'node:fs';
import type { Router } from 'express';
import type { Config } from '../config/config.ts';
import type { Caches } from '../platform/cache.ts';
import { countBy } from '../platform/metrics.ts';
import { createBaskets } from '../selling/baskets/index.ts';
import { createCampaigns } from '../selling/campaigns/index.ts';
import { createFlashSales } from '../selling/flash-sales/index.ts';
import { createOrders } from '../selling/orders/index.ts';
import type { PaymentGateway } from '../selling/payments/gateway/payment-gateway.ts';
import { createPayments } from '../selling/payments/index.ts';
import { createProducts } from '../selling/products/index.ts';
import { createReservations } from '../selling/reservations/index.ts';
import { createShows } from '../selling/shows/index.ts';
import { createTickets } from '../selling/tickets/index.ts';
import type { Access } from './access.ts';
import type { Foundation } from './foundation.ts';
import type { MediaService } from './media.ts';
import type { Stock } from './stock.ts';

export interface Selling {
  /** The most frequent calls of a sale come first, because Express tries the routes in order. */
  routes: Router[];
  payments: ReturnType<typeof createPayments>;
  tickets: ReturnType<typeof createTickets>;
  campaigns: ReturnType<typeof createCampaigns>;
  shows: ReturnType<typeof createShows>;
  flashSaleWorker: ReturnType<typeof createFlashSales>['worker'];
}

/** The features that sell. Each gets the parts of others that it needs, because none imports another. */
export function composeSelling(
  foundation: Foundation,
  stock: Stock,
  gateway: PaymentGateway,
  access: Access,
  caches: Caches,
  { media }: MediaService,
): Selling {
  const { config, pool, reader, redis, metrics, log, nowMs } = foundation;
  const { authenticate, claimKey, readJsonAndClaimKey } = access;
  const { readUpload, readUploadAndClaimKey } = access;
  const { ledger, baskets } = stock;

  const reservations = createReservations({
    ...{ pool, ledger, authenticate, readJsonAndClaimKey },
    onDecided: countBy(metrics.reservations),
  });
  const payments = createPayments({
    ...{ pool, ledger, baskets, gateway, nowMs },
    chargeMsMax: config.payment?.timeoutMs ?? config.paymentLatencyMs,
    webhookSecret: config.payment?.webhookSecret,
    readJson: access.readJson,
    onWebhook: countBy(metrics.paymentWebhooks),
  });
  const orders = createOrders({
    ...{ pool, ledger, payments, authenticate, claimKey, readJsonAndClaimKey },
    onDecided: countBy(metrics.orders),
  });
  const basketFeature = createBaskets({
    ...{ pool, payments, authenticate, claimKey, readJsonAndClaimKey },
    ledger: baskets,
  });
  const campaigns = createCampaigns({
    ...{ pool, caches, ledger, authenticate, readJsonAndClaimKey, nowMs },
    unfilteredLedger: stock.unfilteredLedger,
    onDecided: countBy(metrics.registrations),
  });
  const flashSales = createFlashSales({
    ...{ pool, redis, caches, authenticate, claimKey, nowMs },
    ledger: stock.unfilteredLedger,
    onDecided: countBy(metrics.attempts),
  });
  const products = createProducts({ pool, reader, caches });
  const tickets = createTickets({
    ...{ pool, reader, caches, ledger, baskets, payments, authenticate, readJsonAndClaimKey },
    findOrder: orders.find,
    findBasket: basketFeature.find,
    codeSecret: ticketSecretOf(config),
    onDecided: countBy(metrics.purchases),
    onBasketDecided: countBy(metrics.basketPurchases),
  });
  const shows = createShows({
    ...{ pool, reader, caches, media, authenticate, readUpload, readUploadAndClaimKey, nowMs, log },
    endSale: tickets.endSale,
    async onCancelled(showId) {
      const types = (await tickets.listTypes(showId)) ?? [];
      await Promise.all(types.map(({ ticketTypeId }) => products.forget(ticketTypeId)));
    },
  });

  return {
    routes: [
      ...[reservations, orders.routes, payments.routes, campaigns.routes, flashSales.routes],
      ...[tickets.routes, basketFeature.routes, products.routes, shows.routes],
    ],
    payments,
    tickets,
    campaigns,
    shows,
    flashSaleWorker: flashSales.worker,
  };
}

/** Without a secret of its own, the codes of tickets follow from the key that signs tokens. */
const ticketSecretOf = ({ ticketSecret, jwtPrivateKeyFile, jwtSecret }: Config): string | Buffer =>
  ticketSecret ?? (jwtPrivateKeyFile === undefined ? jwtSecret : readFileSync(jwtPrivateKeyFile));
