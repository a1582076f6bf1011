import { setTimeout as delay } from 'node:timers/promises';
import { FAULT_TEXTS, type Fault, type FaultName } from '../../history/fault.ts';
import type { HistoryFile } from '../../history/recorder.ts';
import type { Clock } from '../../kernel/clock.ts';
import { rootMessage } from '../../kernel/errors.ts';
import { count } from '../../kernel/wording.ts';
import type { Resource } from '../../stack/resource.ts';
import type { RunEvent } from '../events.ts';
import type { Breaker, Undo } from './breakers.ts';
import type { PlannedFault } from './fault-plan.ts';

/**
 * Brings faults about at their times, counted from the start, and records each. Stopping it cancels those that are left, and
 * undoes the one under way: evidence is read of a stack that is whole.
 */
export function injectFaults(
  plan: PlannedFault[],
  deps: {
    breakers: Partial<Record<FaultName, Breaker>>;
    clock: Pick<Clock, 'monotonicNs'>;
    history: Pick<HistoryFile, 'fault'>;
    onEvent(event: RunEvent): void;
  },
): Resource<void> {
  const { breakers, clock, history, onEvent } = deps;
  const stopped = new AbortController();
  const { signal } = stopped;
  let injecting = Promise.resolve();

  const log = (line: string) => onEvent({ type: 'log', line });

  /** Two faults of one part would undo each other, so faults come one after the other. */
  async function injectAll(): Promise<void> {
    const startedNs = clock.monotonicNs();
    for (const planned of plan.toSorted((a, b) => a.atMs - b.atMs)) {
      const passedMs = (clock.monotonicNs() - startedNs) / 1e6;
      await delay(Math.max(0, planned.atMs - passedMs), undefined, { signal });
      await inject(planned);
    }
  }

  async function inject({ name, forMs }: PlannedFault): Promise<void> {
    let undo: Undo | undefined;
    try {
      undo = await breakers[name]?.();
    } catch (error) {
      log(`the fault ${name} did not come about: ${rootMessage(error)}`);
      return;
    }
    const fault: Fault = { name, atNs: clock.monotonicNs() };
    log(FAULT_TEXTS[name]);
    onEvent({ type: 'fault', name, ends: false, text: FAULT_TEXTS[name] });
    if (undo !== undefined) {
      try {
        await delay(forMs, undefined, { signal });
      } catch {
        // The load is over; what was broken comes back all the same.
      }
      await end(fault, undo);
    }
    history.fault(fault);
  }

  /** Undoes a fault. It came about, whether or not that succeeds. */
  async function end(fault: Fault, undo: Undo): Promise<void> {
    const { name } = fault;
    try {
      fault.met = await undo();
      fault.untilNs = clock.monotonicNs();
      const met = fault.met === undefined ? '' : `; ${count(fault.met, 'call')} met it`;
      onEvent({ type: 'fault', name, ends: true, text: `${name} is undone${met}` });
      if (met !== '') log(`${name} is undone${met}`);
    } catch (error) {
      log(`${name} could not be undone: ${rootMessage(error)}`);
    }
  }

  return {
    name: 'the faults',
    async start() {
      injecting = injectAll().catch((error) => {
        if (!signal.aborted) throw error;
      });
    },
    async stop() {
      stopped.abort();
      await injecting;
    },
  };
}
