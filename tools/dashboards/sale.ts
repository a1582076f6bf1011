import { serverMetrics } from '../../src/metrics/catalogue.ts';
import { runMetrics } from '../../src/metrics/run-catalogue.ts';
import type { Dashboard } from './dashboard.ts';
import {
  mean,
  ofDatabase,
  ofProcesses,
  ofRuns,
  percentiles,
  perSecond,
  quantile,
} from './queries.ts';

const m = serverMetrics;

/** The goods and their buyers: the stock, the decisions about it, and the answers that buyers get. */
export const sale: Dashboard = {
  name: 'sale',
  title: 'Sale',
  rows: [
    {
      title: 'Promises',
      panels: [
        {
          shows: 'number',
          width: 4,
          unit: 'short',
          redFrom: 1,
          title: 'Oversold',
          description:
            "Units held or sold beyond a SKU's total, counted from the reservations. Anything but 0 is a broken promise.",
          queries: [{ expr: `sum(${ofDatabase(m.oversoldUnits, ['sku'])})`, legend: 'units' }],
        },
        {
          shows: 'number',
          width: 4,
          unit: 'short',
          redFrom: 1,
          title: 'Broken checks',
          description:
            'Checks of the chosen runs that are invalid. The dashboard of the load generator names them.',
          queries: [
            {
              expr: `sum(${ofRuns(runMetrics.checkStatus, ['testid', 'check'], { status: 'invalid' })}) or 0 * count(${ofRuns(runMetrics.info)})`,
              legend: 'checks',
            },
          ],
        },
        {
          shows: 'number',
          width: 4,
          unit: 'short',
          title: 'On sale',
          description: 'Units that nobody holds.',
          queries: [unitsIn('available')],
        },
        {
          shows: 'number',
          width: 4,
          unit: 'short',
          title: 'Held',
          description: 'Units reserved and not yet paid for.',
          queries: [unitsIn('reserved')],
        },
        {
          shows: 'number',
          width: 4,
          unit: 'short',
          title: 'Sold',
          description: 'Units paid for.',
          queries: [unitsIn('sold')],
        },
        {
          shows: 'number',
          width: 4,
          unit: 's',
          redFrom: 15,
          title: 'Units not back on sale',
          description:
            'Time since the first hold lapsed whose units are not back on sale. The sweeper keeps it below its interval of a second; the alert is at 15 s.',
          queries: [{ expr: ofDatabase(m.lapsedHoldAge), legend: 'since' }],
        },
      ],
    },
    {
      title: 'Stock',
      panels: [
        {
          shows: 'areas',
          width: 12,
          unit: 'short',
          title: 'Stock by state',
          description:
            'Where the units of the chosen SKUs are. The sum is constant while nobody restocks.',
          queries: [
            {
              expr: `sum by (state) (${ofDatabase(m.stockUnits, ['sku', 'state'])})`,
              legend: '{{state}}',
            },
          ],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Reserve calls per second',
          description: 'By what the ledger decided.',
          queries: [{ expr: perSecond(m.reservations, ['outcome']), legend: '{{outcome}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Contradicted refusals per second',
          description:
            'Calls refused as sold out though the SKU had the units when its stock was read before and after them. A few come while last units come back; more are a wrong filter.',
          queries: [{ expr: perSecond(m.contradictedRefusals, ['sku']), legend: '{{sku}}' }],
          needs: 'a server that sends buyers away from units that are there',
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Checkouts per second',
          description: 'By what was decided.',
          queries: [{ expr: perSecond(m.orders, ['outcome']), legend: '{{outcome}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'ops',
          title: 'Stock movements per second',
          description: 'Committed changes of the ledger, by kind.',
          queries: [{ expr: perSecond(m.stockMovements, ['kind']), legend: '{{kind}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Buyers at the admission filter per second',
          description:
            'By what the filter in front of the ledger made of them: most of a crowd is turned away here, without a statement.',
          queries: [
            {
              expr: perSecond(m.admission, ['filter', 'outcome']),
              legend: '{{filter}} {{outcome}}',
            },
          ],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'short',
          title: 'Calls committed together',
          description:
            'Mean size of a batch of the batched strategy: it grows when buyers crowd around one SKU.',
          queries: [{ expr: mean(m.ledgerBatchSize, ['operation']), legend: '{{operation}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'short',
          title: 'Lapsed holds',
          description: 'Holds that have lapsed and that the sweeper has not ended yet.',
          queries: [{ expr: ofDatabase(m.lapsedHolds), legend: 'holds' }],
        },
      ],
    },
    {
      title: 'Answers',
      panels: [
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Answers per second',
          description:
            "By status. Refusals (4xx) are a sale's everyday life, failures (5xx) are not.",
          queries: [{ expr: perSecond(m.httpRequests, ['status']), legend: '{{status}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'percentunit',
          title: 'Failed answers',
          description: 'Share of 5xx among all answers. The alert is at 1 %.',
          queries: [
            {
              expr: `(${perSecond(m.httpRequests, [], { status: '5..' })} or vector(0)) / ${perSecond(m.httpRequests)}`,
              legend: '5xx',
            },
          ],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 's',
          title: 'Time to answer',
          description:
            'Inside the server; the time that buyers waited in a queue before it is not in here. The alert is at 1 s for the 99th percentile. Points are requests whose traces are known.',
          queries: percentiles(m.httpRequestDuration),
        },
        {
          shows: 'lines',
          width: 12,
          unit: 's',
          title: 'Time to answer by route, p99',
          description: 'One in a hundred answers of the route took this long or longer.',
          queries: [
            {
              expr: quantile(0.99, m.httpRequestDuration, ['method', 'route']),
              legend: '{{method}} {{route}}',
            },
          ],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'short',
          title: 'Requests in flight',
          description: 'Requests being worked on, by instance.',
          queries: [
            { expr: ofProcesses(m.httpRequestsInFlight, ['instance']), legend: '{{instance}}' },
          ],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Requests refused by rate limits per second',
          description: 'Answers with 429, by the policy that refused them.',
          queries: [{ expr: perSecond(m.rateLimited, ['policy']), legend: '{{policy}}' }],
          needs: 'rate limits, which are off by default',
        },
      ],
    },
  ],
};

function unitsIn(state: string) {
  const expr = `sum(${ofDatabase(m.stockUnits, ['sku', 'state'], { state })})`;
  return { expr, legend: 'units' };
}
