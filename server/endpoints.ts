import { accountOperations } from './accounts/endpoints.ts';
import { adminOperations } from './admin/endpoints.ts';
import { eventOperations } from './events/endpoints.ts';
import { type Endpoint, pathsOf } from './http/endpoint.ts';
import { httpOperations } from './http/endpoints.ts';
import { campaignOperations } from './selling/campaigns/endpoints.ts';
import { flashSaleOperations } from './selling/flash-sales/endpoints.ts';
import { orderOperations } from './selling/orders/endpoints.ts';
import { paymentOperations } from './selling/payments/endpoints.ts';
import { productOperations } from './selling/products/endpoints.ts';
import { reservationOperations } from './selling/reservations/endpoints.ts';

/** Every operation of the API. What stands in no feature's list is in no route either: a test compares them. */
export const OPERATIONS: readonly Endpoint[] = [
  ...productOperations,
  ...reservationOperations,
  ...orderOperations,
  ...paymentOperations,
  ...campaignOperations,
  ...flashSaleOperations,
  ...accountOperations,
  ...adminOperations,
  ...eventOperations,
  ...httpOperations,
];

/** Routes that the admission limit stands before, as `POST /api/v1/orders`. */
export const HOT_ROUTES: ReadonlySet<string> = new Set(
  OPERATIONS.filter(({ isHot }) => isHot).map(
    (operation) => `${operation.method.toUpperCase()} ${pathsOf(operation)[0]}`,
  ),
);
