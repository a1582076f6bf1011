import { describe, expect, it } from 'vitest';
import { noOutcomes } from '../../load/metrics/outcomes.ts';
import { createMemoryHistory } from '../../load/testing/memory-history.ts';
import { referenceTarget } from '../../target/reference.ts';
import { createNotedCalls } from './noted-calls.ts';
import type { Note } from './notes.ts';

const reserve = (key: string, url = 'http://shop/api/v1/reservations'): Note => ({
  ...{ type: 'invoke', key, method: 'POST', url, headers: {} },
  ...{ body: '{"skuId":"LAMP"}', callId: `call-${key}` },
});

const answer = (key: string, status: number, body?: object, errorCode = 0): Note => ({
  ...{ type: 'answer', key, status, errorCode },
  ...(body ? { body: JSON.stringify(body) } : {}),
});

/** The wall clock is 1,000 ms ahead of the history's. */
function createCalls() {
  const history = createMemoryHistory();
  const outcomes = noOutcomes();
  const toMs = (wallMs: number): number => wallMs - 1_000;
  const calls = createNotedCalls({ target: referenceTarget, history, outcomes, toMs });
  const completions = () => history.operations.map(({ completion }) => completion);
  return { calls, history, outcomes, completions };
}

describe('noted calls', () => {
  it('become operations with their call ids and outcomes', () => {
    const { calls, history, outcomes } = createCalls();
    calls.add(reserve('1-1'), 5_000);
    calls.add(answer('1-1', 201, { reservationId: 'h1', skuId: 'LAMP', sequence: 7 }), 5_010);
    calls.end();
    expect(history.operations).toMatchObject([
      {
        ...{ kind: 'reserve', sku: 'LAMP', callId: 'call-1-1' },
        completion: { outcome: 'ok', status: 201, hold: 'h1', sequence: 7 },
      },
    ]);
    expect(outcomes).toMatchObject({ sent: 1, ok: 1 });
  });

  it('are recorded in the order of their times, once no earlier one can come', () => {
    const { calls, history } = createCalls();
    calls.add(reserve('2-1'), 5_001);
    calls.add(reserve('1-1'), 5_000);
    calls.settle();
    expect(history.operations).toEqual([]);
    calls.add(answer('9-9', 200), 10_001);
    calls.settle();
    expect(history.operations.map(({ callId }) => callId)).toEqual(['call-1-1', 'call-2-1']);
  });

  it('have an unknown outcome if they were sent and never answered', () => {
    const { calls, outcomes, completions } = createCalls();
    calls.add(reserve('1-1'), 5_000);
    calls.end();
    expect(completions()).toEqual([undefined]);
    expect(outcomes).toMatchObject({ sent: 1, unknown: 1 });
  });

  it.each([
    [1212, 'fail', 'ECONNREFUSED', { sent: 0, notSent: 1 }],
    [1310, 'fail', 'K6_1310', { sent: 0, notSent: 1 }],
    [1050, 'info', 'TIMEOUT', { sent: 1, unknown: 1 }],
    [1220, 'info', 'ECONNRESET', { sent: 1, unknown: 1 }],
  ])('that failed with k6’s error %i: %s, %s', (errorCode, outcome, code, counted) => {
    const { calls, outcomes, completions } = createCalls();
    calls.add(reserve('1-1'), 5_000);
    calls.add(answer('1-1', 0, undefined, errorCode), 5_010);
    calls.end();
    expect(completions()).toEqual([{ outcome, status: 0, code }]);
    expect(outcomes).toMatchObject(counted);
  });

  it('count requests that are no operations, and iterations', () => {
    const { calls, history, outcomes } = createCalls();
    calls.add({ type: 'iteration' }, 4_999);
    calls.add(answer('1-1', 500, { code: 'INTERNAL_ERROR' }), 5_010);
    calls.add(reserve('1-2', 'no url'), 5_020);
    calls.end();
    expect(history.operations).toEqual([]);
    expect(outcomes).toMatchObject({ sent: 1, error: 1 });
    expect(calls.iterationsBegun()).toBe(1);
  });
});
