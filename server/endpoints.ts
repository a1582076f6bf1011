import { accountEndpoints } from './accounts/endpoints.ts';
import { referralEndpoints } from './accounts/referrals/endpoints.ts';
import { adminEndpoints } from './admin/endpoints.ts';
import { analyticsEndpoints } from './analytics/endpoints.ts';
import { achievementEndpoints } from './engagement/achievements/endpoints.ts';
import { leaderboardEndpoints } from './engagement/leaderboard/endpoints.ts';
import { questEndpoints } from './engagement/quests/endpoints.ts';
import { eventEndpoints } from './events/endpoints.ts';
import { type Endpoint, pathsOf } from './http/description/endpoint.ts';
import { descriptionEndpoints } from './http/description/endpoints.ts';
import { monitoringEndpoints } from './http/monitoring/endpoints.ts';
import { mediaEndpoints } from './media/endpoints.ts';
import { notificationEndpoints } from './notifications/endpoints.ts';
import { basketEndpoints } from './selling/baskets/endpoints.ts';
import { campaignEndpoints } from './selling/campaigns/endpoints.ts';
import { flashSaleEndpoints } from './selling/flash-sales/endpoints.ts';
import { orderEndpoints } from './selling/orders/endpoints.ts';
import { paymentEndpoints } from './selling/payments/endpoints.ts';
import { productEndpoints } from './selling/products/endpoints.ts';
import { reservationEndpoints } from './selling/reservations/endpoints.ts';
import { showEndpoints } from './selling/shows/endpoints.ts';
import { ticketEndpoints } from './selling/tickets/endpoints.ts';

/** Every endpoint of the API. A test compares the list with the routes of the Express app. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...productEndpoints,
  ...reservationEndpoints,
  ...orderEndpoints,
  ...basketEndpoints,
  ...paymentEndpoints,
  ...campaignEndpoints,
  ...flashSaleEndpoints,
  ...showEndpoints,
  ...ticketEndpoints,
  ...mediaEndpoints,
  ...analyticsEndpoints,
  ...notificationEndpoints,
  ...questEndpoints,
  ...achievementEndpoints,
  ...leaderboardEndpoints,
  ...accountEndpoints,
  ...referralEndpoints,
  ...adminEndpoints,
  ...eventEndpoints,
  ...monitoringEndpoints,
  ...descriptionEndpoints,
];

/** Routes to which the admission limit applies, as method and path: `POST /api/v1/orders`. */
export const HOT_ROUTES = routesOf(({ isHot }) => isHot);

/** Routes that store the id of the call with its effect. */
export const CALL_ID_ROUTES = routesOf(({ takesCallId }) => takesCallId);

function routesOf(isMeant: (endpoint: Endpoint) => true | undefined): ReadonlySet<string> {
  return new Set(
    ENDPOINTS.filter(isMeant).map(
      (endpoint) => `${endpoint.method.toUpperCase()} ${pathsOf(endpoint)[0]}`,
    ),
  );
}
