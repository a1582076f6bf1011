import { runMetrics } from '../../src/metrics/run-catalogue.ts';
import type { Dashboard } from './dashboard.ts';
import { k6 } from './k6.ts';
import { ofRuns, perSecondOfRuns, type Query } from './queries.ts';

const m = runMetrics;

/** The runs: their verdicts, what they asked for and got, and the samples of k6's names. */
export const load: Dashboard = {
  name: 'load',
  title: 'Load generator',
  rows: [
    {
      title: 'Verdict',
      panels: [
        {
          shows: 'table',
          width: 12,
          height: 6,
          unit: 'short',
          hidesValue: true,
          title: 'Verdicts',
          description: 'The verdict of each chosen run, once it has one.',
          queries: [inStatus(ofRuns(m.verdictStatus, ['testid', 'scenario', 'status']))],
        },
        {
          shows: 'table',
          width: 12,
          height: 6,
          unit: 'short',
          hidesValue: true,
          title: 'Thresholds',
          description: 'Which thresholds the load passed and which it failed, at its end.',
          queries: [inStatus(ofRuns(m.thresholdStatus, ['testid', 'threshold', 'status']))],
        },
        {
          shows: 'table',
          width: 12,
          unit: 'short',
          hidesValue: true,
          title: 'Checks',
          description:
            'The status of each check. One that the load shows to be broken is invalid at once, the others follow with the verdict.',
          queries: [inStatus(ofRuns(m.checkStatus, ['testid', 'check', 'status']))],
        },
        {
          shows: 'table',
          width: 12,
          unit: 'short',
          title: 'Broken invariants while the load ran',
          description: 'How often each check found its invariant broken before the load had ended.',
          queries: [{ expr: ofRuns(m.violations, ['testid', 'check']), legend: '{{check}}' }],
          needs: 'a server that is wrong',
        },
        {
          shows: 'states',
          width: 12,
          unit: 'short',
          words: { 0: 'over', 1: 'now' },
          title: 'Phases',
          description: 'The part of the run that goes on: the load is one of them.',
          queries: [{ expr: ofRuns(m.phase, ['testid', 'phase']), legend: '{{phase}} {{testid}}' }],
        },
        {
          shows: 'states',
          width: 12,
          unit: 'short',
          redFrom: 1,
          words: { 0: 'undone', 1: 'now' },
          title: 'Faults',
          description: 'Red while a fault of --faults lasts.',
          queries: [{ expr: ofRuns(m.fault, ['testid', 'fault']), legend: '{{fault}} {{testid}}' }],
        },
      ],
    },
    {
      title: 'Load',
      panels: [
        {
          shows: 'number',
          width: 6,
          unit: 'percentunit',
          max: 1,
          title: 'Progress',
          description: 'Finished part of the planned iterations or duration.',
          queries: [{ expr: ofRuns(m.progress), legend: '{{testid}}' }],
        },
        {
          shows: 'number',
          width: 6,
          unit: 'short',
          title: 'Iterations',
          description: 'Iterations that were run to their end, in all.',
          queries: [{ expr: ofRuns(m.iterations), legend: '{{testid}}' }],
        },
        {
          shows: 'number',
          width: 6,
          unit: 'short',
          redFrom: 1,
          title: 'Dropped iterations',
          description:
            'Iterations that were due while every VU was busy: the server got less load than was asked for.',
          queries: [{ expr: ofRuns(m.iterationsDropped), legend: '{{testid}}' }],
        },
        {
          shows: 'number',
          width: 6,
          unit: 's',
          redFrom: 0.25,
          title: 'Stood still',
          description:
            'Longest time for which the load generator stood still in the last quarter of a second: a long one means that the latencies are those of the generator.',
          queries: [{ expr: ofRuns(m.eventLoopLag), legend: '{{testid}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'iops',
          title: 'Offered and achieved iterations per second',
          description:
            'Where the achieved ones stay below the offered ones, the generator or the server cannot keep up. Closed models offer nothing.',
          queries: [
            { expr: perSecondOfRuns(m.iterations), legend: 'achieved' },
            { expr: perSecondOfRuns(m.iterationsDropped), legend: 'dropped' },
          ],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'iops',
          title: 'Iterations that open models offered, and late ones, per second',
          description:
            'What the schedules asked for, and the iterations that began more than 250 ms after they were due.',
          queries: [
            { expr: perSecondOfRuns(m.iterationsOffered), legend: 'offered' },
            { expr: perSecondOfRuns(m.iterationsLate), legend: 'late' },
          ],
          needs: 'a scenario with an open model',
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'reqps',
          title: 'Requests per second by outcome',
          description:
            'As their buyers see them: sold_out and refused are answers, unknown means that a call may have worked.',
          queries: [{ expr: perSecondOfRuns(m.requests, ['outcome']), legend: '{{outcome}}' }],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 's',
          title: 'Latency from the schedule',
          description:
            'From the moment a request was due to its answer, by quantile, so that a server that holds up the schedule shows here.',
          queries: [
            {
              expr: ofRuns(m.requestLatency, ['testid', 'quantile']),
              legend: '{{quantile}} {{testid}}',
            },
          ],
        },
        {
          shows: 'lines',
          width: 12,
          unit: 'short',
          title: 'VUs and requests in flight',
          description: 'VUs that run an iteration, and requests that wait for an answer.',
          queries: [
            { expr: ofRuns(m.vus), legend: 'VUs {{testid}}' },
            { expr: ofRuns(m.requestsInFlight), legend: 'in flight {{testid}}' },
          ],
        },
        {
          shows: 'table',
          width: 12,
          unit: 'short',
          title: 'Runs',
          description:
            'Who fired the load, at which strategy of our servers, and by which version.',
          queries: [
            {
              expr: ofRuns(m.info, ['testid', 'scenario', 'runner', 'strategy', 'version']),
              legend: '{{testid}}',
            },
          ],
          hidesValue: true,
        },
      ],
    },
    k6,
  ],
};

function inStatus(expr: string): Query {
  return { expr: `${expr} == 1`, legend: '{{status}}' };
}
