import { serverMetrics } from '../../src/metrics/catalogue.ts';
import { runMetrics } from '../../src/metrics/run-catalogue.ts';
import type { Dashboard, Panel } from './dashboard.ts';
import { ofDatabase, ofProcesses, ofRuns, perSecond, quantile } from './queries.ts';

const m = serverMetrics;

const CHECKS =
  'single-redemption|voucher-capacity|tickets-match-sales|single-check-in|reward-capacity';
const CAMPAIGN_ROUTES = '/api/v1/(register|voucher).*';
const TICKET_ROUTES = '/(tickets|events).*';

/** Campaigns with vouchers, flash-sale attempts, and tickets of shows. */
export const campaigns: Dashboard = {
  name: 'campaigns',
  title: 'Campaigns and tickets',
  rows: [
    {
      title: 'Promises',
      panels: [
        {
          shows: 'table',
          width: 12,
          unit: 'short',
          hidesValue: true,
          title: 'Checks of vouchers and tickets',
          description:
            'The status of the checks that are about campaigns, tickets and rewards, by run: each voucher and ticket is used once, and there are no more than there are units.',
          queries: [
            {
              expr: `${ofRuns(runMetrics.checkStatus, ['testid', 'check', 'status'], { check: CHECKS })} == 1`,
              legend: '{{check}}',
            },
          ],
        },
        {
          shows: 'lines',
          width: 12,
          height: 9,
          unit: 'short',
          title: 'Units left by SKU',
          description: 'Vouchers of a campaign and tickets of a type are units of a SKU.',
          queries: [
            {
              expr: ofDatabase(m.stockUnits, ['sku'], { state: 'available' }),
              legend: '{{sku}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Campaigns',
      panels: [
        totals('Registrations so far', 'By what was decided, since the processes started.', {
          expr: ofProcesses(m.registrations, ['outcome']),
          legend: '{{outcome}}',
        }),
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Registrations per second',
          description: 'By what was decided: full means that no voucher was left.',
          queries: [{ expr: perSecond(m.registrations, ['outcome']), legend: '{{outcome}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Answers about campaigns and vouchers per second',
          description: 'By route and status.',
          queries: [answers(CAMPAIGN_ROUTES)],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 's',
          title: 'Time to answer about campaigns and vouchers, p95',
          description: 'By route, inside the server.',
          queries: [latency(CAMPAIGN_ROUTES)],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Flash-sale attempts per second',
          description: 'Accepted ones are decided later by a worker.',
          queries: [{ expr: perSecond(m.attempts, ['outcome']), legend: '{{outcome}}' }],
          needs: 'a flash sale with attempts',
        },
      ],
    },
    {
      title: 'Tickets',
      panels: [
        totals('Purchases of tickets so far', 'By what was decided, since the processes started.', {
          expr: ofProcesses(m.purchases, ['outcome']),
          legend: '{{outcome}}',
        }),
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Purchases of tickets per second',
          description: 'By what was decided.',
          queries: [{ expr: perSecond(m.purchases, ['outcome']), legend: '{{outcome}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Answers about shows and tickets per second',
          description: 'By route and status.',
          queries: [answers(TICKET_ROUTES)],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Purchases of tickets of several types per second',
          description: 'Baskets, which are bought together or not at all, by what was decided.',
          queries: [{ expr: perSecond(m.basketPurchases, ['outcome']), legend: '{{outcome}}' }],
          needs: 'buyers with baskets',
        },
        {
          shows: 'lines',
          width: 12,
          unit: 's',
          title: 'Time to answer about shows and tickets, p95',
          description: 'By route, inside the server.',
          queries: [latency(TICKET_ROUTES)],
        },
      ],
    },
  ],
};

function totals(title: string, description: string, query: Panel['queries'][number]): Panel {
  return {
    shows: 'number',
    title,
    description,
    queries: [query],
    width: 8,
    height: 8,
    unit: 'short',
  };
}

function answers(route: string) {
  const expr = perSecond(m.httpRequests, ['route', 'status'], { route });
  return { expr, legend: '{{route}} {{status}}' };
}

function latency(route: string) {
  const expr = quantile(0.95, m.httpRequestDuration, ['method', 'route'], { route });
  return { expr, legend: '{{method}} {{route}}' };
}
