import { serverMetrics } from '../../src/metrics/catalogue.ts';
import type { Dashboard } from './dashboard.ts';
import {
  countsPerSecond,
  ofDatabase,
  ofEachProcess,
  ofProcesses,
  ofWorst,
  perSecond,
  perSecondOfEachProcess,
  quantile,
} from './queries.ts';

const m = serverMetrics;

/** The things that the server stands on: PostgreSQL, Redis, the payment provider, the object store, and its own processes. */
export const dependencies: Dashboard = {
  name: 'dependencies',
  title: 'Dependencies and processes',
  rows: [
    {
      title: 'Circuits',
      panels: [
        {
          shows: 'states',
          width: 24,
          unit: 'short',
          redFrom: 1,
          words: { 0: 'closed', 1: 'open', 2: 'half open' },
          title: 'Circuits',
          description:
            'Red while some instance does not call this dependency, or only tries to. The alert comes after 15 s.',
          queries: [{ expr: ofWorst(m.circuitState, ['dependency']), legend: '{{dependency}}' }],
        },
      ],
    },
    {
      title: 'PostgreSQL',
      panels: [
        {
          shows: 'lines',
          width: 8,
          unit: 's',
          title: 'Ledger statements, p95',
          description: 'Waiting for a connection included.',
          queries: [{ expr: quantile(0.95, m.dbQueryDuration, ['query']), legend: '{{query}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'ops',
          title: 'Ledger statements per second',
          description:
            'By query. Fewer statements than calls mean that calls are committed together.',
          queries: [{ expr: countsPerSecond(m.dbQueryDuration, ['query']), legend: '{{query}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'short',
          title: 'Database connections',
          description:
            'By state. Waiting calls mean that the pool is too small or the database too slow.',
          queries: [{ expr: ofProcesses(m.dbConnections, ['state']), legend: '{{state}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'bytes',
          title: 'Lag of replicas',
          description: 'How far each replica is behind, in bytes of the log.',
          queries: [{ expr: ofDatabase(m.replicaLag, ['replica']), legend: '{{replica}}' }],
          needs: 'replicas of the database',
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'rps',
          title: 'Reads of replicas per second',
          description: 'Reads that may be made at a replica, by where they were made.',
          queries: [{ expr: perSecond(m.replicaReads, ['place']), legend: '{{place}}' }],
          needs: 'replicas of the database',
        },
      ],
    },
    {
      title: 'Redis and caches',
      panels: [
        {
          shows: 'lines',
          width: 8,
          unit: 'bytes',
          title: 'Memory of Redis',
          description: 'As Redis counts it.',
          queries: [{ expr: ofDatabase(m.redisMemory), legend: 'used' }],
          needs: 'Redis',
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'percentunit',
          max: 1,
          title: 'Hits of Redis',
          description: 'Share of the lookups since Redis started that found their key.',
          queries: [{ expr: ofDatabase(m.redisHitRatio), legend: 'hits' }],
          needs: 'Redis',
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'rps',
          title: 'Cached values looked up per second',
          description:
            'By cache and where they were found: source means that PostgreSQL was asked.',
          queries: [
            { expr: perSecond(m.cache, ['cache', 'found']), legend: '{{cache}} {{found}}' },
          ],
        },
      ],
    },
    {
      title: 'Payments and images',
      panels: [
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Calls to the payment provider per second',
          description: 'By call and outcome.',
          queries: [
            {
              expr: perSecond(m.paymentCalls, ['call', 'outcome']),
              legend: '{{call}} {{outcome}}',
            },
          ],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Webhooks of the payment provider per second',
          description: 'By what was made of them. A forged one had no valid signature.',
          queries: [{ expr: perSecond(m.paymentWebhooks, ['outcome']), legend: '{{outcome}}' }],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'reqps',
          title: 'Calls to the object store per second',
          description: 'By call and outcome.',
          queries: [
            { expr: perSecond(m.mediaCalls, ['call', 'outcome']), legend: '{{call}} {{outcome}}' },
          ],
          needs: 'an object store',
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'short',
          title: 'Images on their way',
          description: 'Images that are not in the object store yet.',
          queries: [{ expr: ofDatabase(m.imagesWaiting), legend: 'images' }],
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          shows: 'states',
          width: 12,
          unit: 'short',
          words: { 0: 'away', 1: 'answers' },
          title: 'Instances',
          description: 'Coloured while Prometheus reaches them. The alert comes after 15 s.',
          queries: [{ expr: ofEachProcess('up'), legend: '{{instance}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'percentunit',
          title: 'CPU',
          description: 'Of one core: a Node process that is near 100 % is at its limit.',
          queries: [
            { expr: perSecondOfEachProcess('process_cpu_seconds_total'), legend: '{{instance}}' },
          ],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 's',
          title: 'Event loop lag, p99',
          description: 'Time for which a process stood still, with all its requests.',
          queries: [
            { expr: ofEachProcess('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}' },
          ],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'bytes',
          title: 'Memory',
          description: 'Resident memory of each process. A line that only climbs is a leak.',
          queries: [
            { expr: ofEachProcess('process_resident_memory_bytes'), legend: '{{instance}}' },
          ],
        },
        {
          shows: 'lines',
          width: 8,
          unit: 'percentunit',
          title: 'Garbage collection',
          description: 'Share of the time that the garbage collector takes.',
          queries: [
            {
              expr: perSecondOfEachProcess('nodejs_gc_duration_seconds_sum'),
              legend: '{{instance}}',
            },
          ],
        },
      ],
    },
  ],
};
