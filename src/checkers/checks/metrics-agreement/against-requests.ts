import { hasRequestId } from '../../../history/operation-columns.ts';
import { entryOf } from '../../../kernel/group-by.ts';
import { serverMetrics } from '../../../metrics/catalogue.ts';
import type { Evidence } from '../../evidence.ts';
import { compareTally, describeDisagreement } from './against-calls.ts';
import {
  type CallSort,
  type CountedFacts,
  OPEN,
  type RequestKind,
  requestKindOf,
  sortCalls,
  timesOfCalls,
} from './answered-calls.ts';
import type { Tally } from './decisions.ts';
import type { CountedInstance, Disagreement } from './instance.ts';

/** The route of the reference server behind each kind of call. Reads have several, and others read as well. */
const ROUTES: Partial<Record<RequestKind, { method: string; route: string }>> = {
  reserve: { method: 'POST', route: '/api/v1/reservations' },
  confirm: { method: 'POST', route: '/api/v1/orders/checkout' },
  release: { method: 'DELETE', route: '/api/v1/reservations/:id' },
  cancel: { method: 'POST', route: '/api/v1/orders/:id/cancel' },
  register: { method: 'POST', route: '/api/v1/register' },
  redeem: { method: 'POST', route: '/api/v1/voucher/use' },
  buy: { method: 'POST', route: '/tickets/purchase' },
  'check-in': { method: 'POST', route: '/tickets/:code/check-in' },
  attempt: { method: 'POST', route: '/api/flash-sale/attempt/:saleId' },
  track: { method: 'POST', route: '/analytics/track' },
  'reserve-basket': { method: 'POST', route: '/api/v1/baskets' },
  'confirm-basket': { method: 'POST', route: '/api/v1/baskets/:id/checkout' },
  'release-basket': { method: 'DELETE', route: '/api/v1/baskets/:id' },
  'cancel-basket': { method: 'POST', route: '/api/v1/baskets/:id/cancel' },
};

/** The kind of a call by its route: tickets of one type and of several are bought by the same. */
function routeKindOf(call: CountedFacts): RequestKind {
  const kind = requestKindOf(call);
  return kind === 'buy-basket' ? 'buy' : kind;
}

/** The route of the calls that may complete a quest, where the units are rewards of one. */
const QUEST_ROUTE = { method: 'POST', route: '/quests/:questId/progress' };

/** A request is counted after its answer was handed to the network, so the client may have it a moment earlier. */
const COUNTED_WITHIN_NS = 1e9;

/**
 * Compares the requests that an instance counted, by route and status, with the calls to it, and its refusals for too many
 * requests with the answers that say so. An answer without a request id may come from a proxy, and is no lower bound.
 */
export function againstRequests(
  instance: CountedInstance,
  evidence: Evidence,
): Disagreement | undefined {
  const { calls, counters, isSure } = instance;
  if (calls === undefined) return undefined;
  const has = (metric: string): boolean =>
    counters.scrapes.some(({ samples }) => samples.some(({ name }) => name === metric));
  const sorted = sortCalls(calls);
  const times = timesOfCalls(sorted, (call) => !hasRequestId(call) || !isSure(call), {
    ...{ nameAnswer: statusOf, nameKind: routeKindOf },
  });
  const withKey = new Set(
    sorted.sorts.filter(({ hasKey }) => hasKey).map(({ like }) => routeKindOf(like)),
  );
  const tallies = [...statusesOf(sorted.sorts)].flatMap(([kind, statuses]) => {
    const isOfQuest = kind === 'register' && evidence.sale.skus.some(({ isReward }) => isReward);
    const route = isOfQuest ? QUEST_ROUTE : ROUTES[kind];
    if (route === undefined || !has(serverMetrics.httpRequests.name)) return [];
    return [...statuses].map(
      (status): Tally => ({
        ...{ kind, answer: `status ${status}`, metric: serverMetrics.httpRequests.name },
        labels: { ...route, status: `${status}` },
        what: `answers ${status} to ${route.method} ${route.route}`,
        // A client may send a request again by itself if its key makes that safe.
        countsOthers: withKey.has(kind),
      }),
    );
  });
  for (const tally of tallies) {
    const found = compareTally(tally, times, instance, { countedWithinNs: COUNTED_WITHIN_NS });
    if (found !== undefined) return describeDisagreement(tally, found, instance, evidence);
  }
  return undefined;
}

/** The kinds of calls with the statuses of their answers. A request that was never sent has none. */
function statusesOf(sorts: readonly CallSort[]): Map<RequestKind, Set<number>> {
  const statuses = new Map<RequestKind, Set<number>>();
  for (const { like } of sorts) {
    if (like.status === 0) continue;
    entryOf(statuses, routeKindOf(like), () => new Set<number>()).add(like.status);
  }
  return statuses;
}

/** The status of a call's answer; `open` for a call whose client may have been given another answer than the server's. */
const statusOf = ({ outcome, status }: CountedFacts): string =>
  outcome === 'info' && status !== 202 ? OPEN : `status ${status}`;
