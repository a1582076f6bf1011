import type { LoadTick } from '../../src/load/result.ts';
import type { Phase, RunEvent, SeenViolation, SkuStock } from '../../src/run/events.ts';
import { oneLine } from '../render/style.ts';

/** The state of a run that screens and plain lines show: plain data, computed from the run's events alone. */
export interface RunView {
  scenario: string;
  /** Absent for a target that the run did not start. */
  strategy?: string;
  /** In the order in which they began; only the last one may be running. */
  phases: PhaseView[];
  targets: TargetView[];
  tick?: LoadTick;
  /** The tick before `tick`; rates and the time of the next plain line are computed from both. */
  tickBefore?: LoadTick;
  /** The 95th percentiles of the last ticks, the newest last, in milliseconds. */
  p95Ms: number[];
  stock: SkuStock[];
  /** The broken invariants that were seen in this load. */
  violations: SeenViolation[];
  /** One line each, the newest last. */
  notices: string[];
}

export interface PhaseView {
  phase: Phase;
  status: 'running' | 'done';
  detail: string;
  /** Present when done. */
  tookMs?: number;
}

export interface TargetView {
  name: string;
  url: string;
  state: 'up' | 'down';
}

type StackEvent = Extract<RunEvent, { type: 'stack' }>['event'];

const LOAD_ENDS = 'the load ends here, because an invariant is broken';
const P95_KEPT = 120;
const NOTICES_KEPT = 20;

export const startRunView = (run: { scenario: string; strategy?: string }): RunView => ({
  ...run,
  phases: [],
  targets: [],
  p95Ms: [],
  stock: [],
  violations: [],
  notices: [],
});

/** Returns the view after one more event. */
export function reduceRunView(view: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'phase': {
      const { phase, detail } = event;
      const phases: PhaseView[] = [...view.phases, { phase, status: 'running', detail }];
      // Each of several rounds has a load of its own.
      return { ...view, phases, violations: phase === 'load' ? [] : view.violations };
    }
    case 'phase_progress': {
      const { phase, detail } = event;
      const phases = view.phases.map(
        (known): PhaseView =>
          known.phase === phase && known.status === 'running' ? { ...known, detail } : known,
      );
      return { ...view, phases };
    }
    case 'phase_done': {
      const { phase, detail, tookMs } = event;
      const phases = view.phases.map(
        (known): PhaseView =>
          // Of several rounds, each has the phase; the earlier ones are done.
          known.phase === phase && known.status === 'running'
            ? { phase, status: 'done', detail, tookMs }
            : known,
      );
      return { ...view, phases };
    }
    case 'targets':
      return { ...view, targets: event.targets.map((url, index) => meet(view, url, index)) };
    case 'tick':
      return {
        ...view,
        tick: event.tick,
        tickBefore: view.tick,
        p95Ms: [...view.p95Ms, event.tick.latencyMs.p95].slice(-P95_KEPT),
      };
    case 'stock':
      return { ...view, stock: event.stock };
    case 'violation': {
      const broken = { ...view, violations: [...view.violations, event.violation] };
      return event.ends ? notice(broken, LOAD_ENDS) : broken;
    }
    case 'stack':
      return notice(reduceTargets(view, event.event), describeStackEvent(event.event));
    case 'log':
      return notice(view, event.line);
    // A line of the log tells of it as well.
    case 'fault':
      return view;
  }
}

/** An instance that an event has already named keeps its name and state; the others are numbered. */
const meet = (view: RunView, url: string, index: number): TargetView =>
  view.targets.find((known) => known.url === url) ?? {
    name: `server-${index + 1}`,
    url,
    state: 'up',
  };

function reduceTargets(view: RunView, event: StackEvent): RunView {
  if (!('url' in event)) return view;
  const { name, url } = event;
  const target: TargetView = { name, url, state: event.type === 'restarted' ? 'up' : 'down' };
  const known = view.targets.some((other) => other.url === url);
  return {
    ...view,
    targets: known
      ? view.targets.map((other) => (other.url === url ? target : other))
      : [...view.targets, target],
  };
}

const notice = (view: RunView, line: string): RunView => ({
  ...view,
  notices: [...view.notices, oneLine(line)].slice(-NOTICES_KEPT),
});

/** Describes an event of the stack in one line. */
export function describeStackEvent(event: StackEvent): string {
  switch (event.type) {
    case 'died':
      return `${event.name} (${event.url}) died: ${oneLine(event.why)}`;
    case 'restarted':
      return `${event.name} (${event.url}) is up again`;
    case 'gave_up':
      return `${event.name} (${event.url}) stays down: ${oneLine(event.why)}`;
    case 'database_died':
      return `the database died: ${oneLine(event.why)}`;
    case 'service_died':
      return `${event.name} died: ${oneLine(event.why)}`;
  }
}
