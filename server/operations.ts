import { accountOperations } from './accounts/operations.ts';
import { adminOperations } from './admin/operations.ts';
import { eventOperations } from './events/operations.ts';
import { type Operation, pathsOf } from './http/operation.ts';
import { httpOperations } from './http/operations.ts';
import { campaignOperations } from './selling/campaigns/operations.ts';
import { flashSaleOperations } from './selling/flash-sales/operations.ts';
import { orderOperations } from './selling/orders/operations.ts';
import { paymentOperations } from './selling/payments/operations.ts';
import { productOperations } from './selling/products/operations.ts';
import { reservationOperations } from './selling/reservations/operations.ts';

/** Every operation of the API. What stands in no feature's list is in no route either: a test compares them. */
export const OPERATIONS: readonly Operation[] = [
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
