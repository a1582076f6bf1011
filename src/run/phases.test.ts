import { expect, it } from 'vitest';
import type { RunEvent } from './events.ts';
import { createPhases } from './phases.ts';

function phasesUnder(signal: AbortSignal) {
  const events: RunEvent[] = [];
  let nowNs = 0;
  const clock = { nowMs: () => 0, monotonicNs: () => (nowNs += 5e6) };
  const phase = createPhases({ clock, signal, onEvent: (event) => events.push(event) });
  return { events, phase };
}

it('reports begin and end of a phase with the time it took, and answers with its result', async () => {
  const { events, phase } = phasesUnder(new AbortController().signal);
  expect(await phase('seed', '5 units', async () => 'seeded')).toBe('seeded');
  expect(events).toEqual([
    { type: 'phase', phase: 'seed', detail: '5 units' },
    { type: 'phase_done', phase: 'seed', detail: '5 units', tookMs: 5 },
  ]);
});

it('reports no end of a phase that failed', async () => {
  const { events, phase } = phasesUnder(new AbortController().signal);
  const failing = phase('seed', '5 units', () => Promise.reject(new Error('refused')));
  await expect(failing).rejects.toThrow('refused');
  expect(events.map(({ type }) => type)).toEqual(['phase']);
});

it('begins no phase of an abandoned run', async () => {
  const { events, phase } = phasesUnder(AbortSignal.abort(new Error('abandoned')));
  await expect(phase('load', '', async () => {})).rejects.toThrow('abandoned');
  expect(events).toEqual([]);
});
