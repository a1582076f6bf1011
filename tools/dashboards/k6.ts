import type { Dashboard, Panel } from './dashboard.ts';
import { ofLoad, perSecondOfLoad, shareOfRequests } from './queries.ts';

/** The panels that users of k6 know, over the samples of the load. They show k6's own remote writes as well. */
export const k6: Dashboard['rows'][number] = {
  title: 'k6',
  panels: [
    {
      shows: 'lines',
      width: 8,
      unit: 'short',
      title: 'VUs (k6)',
      description: 'VUs that run, and those that were made.',
      queries: [
        { expr: ofLoad('sum', 'k6_vus'), legend: 'running' },
        { expr: ofLoad('sum', 'k6_vus_max'), legend: 'made' },
      ],
    },
    {
      shows: 'lines',
      width: 8,
      unit: 'reqps',
      title: 'HTTP requests per second (k6)',
      description: 'By status; 0 is a request without an answer.',
      queries: [{ expr: perSecondOfLoad('k6_http_reqs_total', ['status']), legend: '{{status}}' }],
    },
    {
      shows: 'lines',
      width: 8,
      unit: 'percentunit',
      max: 1,
      title: 'Failed HTTP requests (k6)',
      description:
        'Share of the requests so far that the script did not expect to be answered in this way.',
      queries: [{ expr: shareOfRequests('k6_http_req_failed_rate'), legend: 'failed' }],
    },
    trend(
      'Time of HTTP requests (k6)',
      'k6_http_req_duration',
      'From the first byte sent to the last one received.',
    ),
    {
      shows: 'lines',
      width: 12,
      unit: 's',
      title: 'Parts of the time of HTTP requests, p95 (k6)',
      description: 'Of the slowest kind of request: where the time goes.',
      queries: ['blocked', 'connecting', 'tls_handshaking', 'sending', 'waiting', 'receiving'].map(
        (part) => ({ expr: ofLoad('max', `k6_http_req_${part}_p95`), legend: part }),
      ),
    },
    {
      shows: 'table',
      width: 12,
      unit: 's',
      title: 'Slowest requests, p95 (k6)',
      description: 'Time of the requests of each name, method and status.',
      queries: [
        {
          expr: `sort_desc(${ofLoad('max', 'k6_http_req_duration_p95', ['name', 'method', 'status'])})`,
          legend: '{{method}} {{name}}',
        },
      ],
    },
    trend(
      'Time of iterations (k6)',
      'k6_iteration_duration',
      'One iteration is everything that a buyer does.',
    ),
    {
      shows: 'lines',
      width: 12,
      unit: 'iops',
      title: 'Iterations per second (k6)',
      description: 'Iterations that were run to their end, by scenario of the script.',
      queries: [
        { expr: perSecondOfLoad('k6_iterations_total', ['scenario']), legend: '{{scenario}}' },
      ],
    },
    {
      shows: 'lines',
      width: 12,
      unit: 'percentunit',
      max: 1,
      title: 'Passed checks of the script (k6)',
      description: "Share of the script's own checks that passed so far, by their name.",
      queries: [{ expr: ofLoad('min', 'k6_checks_rate', ['check']), legend: '{{check}}' }],
    },
    {
      shows: 'lines',
      width: 12,
      unit: 'Bps',
      title: 'Data sent and received (k6)',
      description: 'Bytes per second on the wire.',
      queries: [
        { expr: perSecondOfLoad('k6_data_sent_total'), legend: 'sent' },
        { expr: perSecondOfLoad('k6_data_received_total'), legend: 'received' },
      ],
    },
    {
      shows: 'lines',
      width: 12,
      unit: 's',
      title: 'Time of HTTP requests of native histograms (k6)',
      description:
        'Percentiles of all requests together, as --out prometheus-rw-native sends them.',
      queries: [0.5, 0.95, 0.99].map((q) => ({
        expr: `histogram_quantile(${q}, ${perSecondOfLoad('k6_http_req_duration_seconds')})`,
        legend: `p${q * 100}`,
      })),
      needs: '--out prometheus-rw-native',
    },
  ],
};

/** The figures of a trend of k6, each of the series for which it is the highest. */
function trend(title: string, name: string, meaning: string): Panel {
  return {
    shows: 'lines',
    width: 12,
    unit: 's',
    title,
    description: `${meaning} Each figure is that of the slowest kind, of the samples so far.`,
    queries: ['avg', 'med', 'p90', 'p95', 'p99', 'max'].map((figure) => ({
      expr: ofLoad('max', `${name}_${figure}`),
      legend: figure,
    })),
  };
}
