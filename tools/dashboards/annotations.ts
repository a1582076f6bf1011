import { runMetrics } from '../../src/metrics/run-catalogue.ts';
import { PROMETHEUS } from './panel.ts';

/** Lines over all charts at the values of a series, which are the times at which something happened. */
const annotation = (name: string, kinds: string, iconColor: string, isShown = true) => ({
  ...{ name, datasource: PROMETHEUS, enable: isShown, iconColor },
  target: {
    expr: `${runMetrics.eventTimestamp.name}{kind=~"${kinds}", testid=~"$testid"} * 1000`,
    refId: 'Anno',
  },
  ...{ useValueForTime: true, step: '60s' },
  ...{ titleFormat: '{{kind}}: {{name}}', textFormat: '{{text}}', tagKeys: 'testid' },
});

/** Start and end, phases, faults, violations and verdicts of runs. */
export const annotations = [
  annotation('Start and end', 'start|end', 'blue'),
  annotation('Phases', 'phase', 'light-blue', false),
  annotation('Faults', 'fault|fault_end', 'orange'),
  annotation('Violations', 'violation', 'red'),
  annotation('Verdict', 'verdict', 'purple'),
];
