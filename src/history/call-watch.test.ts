import { expect, it } from 'vitest';
import { type CallEvent, watchCalls } from './call-watch.ts';
import type { CompleteFacts, InvokeFacts } from './operation-writer.ts';

function createWatched() {
  const events: CallEvent[] = [];
  const recorded: unknown[] = [];
  let ids = 0;
  const history = {
    invoke: (facts: InvokeFacts, atNs?: number) => recorded.push(['invoke', facts, atNs]) && ++ids,
    complete: (id: number, facts: CompleteFacts, atNs?: number) =>
      void recorded.push(['complete', id, facts, atNs]),
  };
  const clock = { atNs: 0, monotonicNs: () => clock.atNs };
  const recorder = watchCalls(history, clock, (event) => events.push(event));
  return { recorder, events, recorded, clock };
}

const reserve: InvokeFacts = { kind: 'reserve', sku: 'A', buyer: 'ann', quantity: 1 };
const sent: InvokeFacts = { ...reserve, idempotencyKey: 'k' };
const yes: CompleteFacts = { outcome: 'ok', status: 201, hold: 'h' };
const no: CompleteFacts = { outcome: 'fail', status: 409, code: 'SOLD_OUT' };
const silence: CompleteFacts = { outcome: 'info', status: 0 };

it('records every call as it is, with the times of the clock', () => {
  const { recorder, recorded, clock } = createWatched();
  clock.atNs = 5;
  const id = recorder.invoke(reserve);
  clock.atNs = 7;
  recorder.complete(id, no);
  recorder.complete(recorder.invoke({ kind: 'read', quantity: 1 }, 8), yes, 9);
  expect(recorded).toEqual([
    ['invoke', reserve, 5],
    ['complete', 1, no, 7],
    ['invoke', { kind: 'read', quantity: 1 }, 8],
    ['complete', 2, yes, 9],
  ]);
  expect(recorder.heardUntilNs()).toBe(9);
});

it('passes on a yes as the history has it, and neither a refusal nor a read', () => {
  const { recorder, events } = createWatched();
  recorder.complete(recorder.invoke({ kind: 'read', quantity: 1 }, 1), yes, 2);
  recorder.complete(recorder.invoke(reserve, 3), no, 4);
  recorder.complete(recorder.invoke(reserve, 5), yes, 6);
  expect(events).toMatchObject([
    {
      type: 'answered',
      call: { id: 3, kind: 'reserve', hold: 'h', invokedAtNs: 5, completedAtNs: 6, outcome: 'ok' },
      ...{ wishedAtNs: 5, isRepeated: false, wasGranted: false },
    },
  ]);
});

it('passes on a checkout, a return and a cancellation when they begin and when they end, however they end', () => {
  const { recorder, events } = createWatched();
  const confirm = recorder.invoke({ kind: 'confirm', hold: 'h', quantity: 1 }, 1);
  recorder.complete(confirm, { ...yes, hold: 'h2', order: 'o' }, 2);
  recorder.complete(recorder.invoke({ kind: 'release', hold: 'h', quantity: 1 }, 3), no, 4);
  recorder.complete(recorder.invoke({ kind: 'cancel', order: 'o', quantity: 1 }, 5), silence, 6);
  expect(events.map(({ type, call }) => [type, call.kind, call.outcome])).toEqual([
    ['called', 'confirm', 'info'],
    ['answered', 'confirm', 'ok'],
    ['called', 'release', 'info'],
    ['answered', 'release', 'fail'],
    ['called', 'cancel', 'info'],
    ['answered', 'cancel', 'info'],
  ]);
  expect(events[1]?.call).toMatchObject({ hold: 'h', newHold: 'h2', order: 'o' });
  expect(events[5]?.call.completedAtNs).toBe(Number.POSITIVE_INFINITY);
});

it('knows the first call of a wish, and if it was granted before', () => {
  const { recorder, events } = createWatched();
  recorder.complete(recorder.invoke(sent, 1), silence, 2);
  recorder.complete(recorder.invoke(sent, 3), yes, 4);
  recorder.complete(recorder.invoke(sent, 5), no, 6);
  recorder.complete(recorder.invoke({ ...sent, buyer: 'bob' }, 7), yes, 8);
  expect(events).toMatchObject([
    { wishedAtNs: 1, isRepeated: false, wasGranted: false, call: { outcome: 'info' } },
    { wishedAtNs: 1, isRepeated: true, wasGranted: false, call: { outcome: 'ok' } },
    { wishedAtNs: 1, isRepeated: true, wasGranted: true, call: { outcome: 'fail' } },
    { wishedAtNs: 7, isRepeated: false, wasGranted: false, call: { buyer: 'bob' } },
  ]);
});

it('forgets a wish that was refused', () => {
  const { recorder, events } = createWatched();
  recorder.complete(recorder.invoke(sent, 1), no, 2);
  recorder.complete(recorder.invoke(sent, 3), yes, 4);
  expect(events).toMatchObject([{ wishedAtNs: 3, isRepeated: false }]);
});

it('takes every wish for a repeated one when there are too many to remember', () => {
  const { recorder, events } = createWatched();
  for (let key = 0; key < 200_000; key++) recorder.invoke({ ...sent, idempotencyKey: `${key}` }, 1);
  recorder.complete(recorder.invoke(sent, 2), yes, 3);
  expect(events).toMatchObject([
    { wishedAtNs: Number.NEGATIVE_INFINITY, isRepeated: true, wasGranted: true },
  ]);
});

it('passes on that an attempt has succeeded, unless its buyer asks for units in another way meanwhile', () => {
  const { recorder, events } = createWatched();
  const asked: InvokeFacts = { kind: 'read', sku: 'A', buyer: 'ann', quantity: 1 };
  const told = (decision: 'SUCCESS' | 'PENDING'): CompleteFacts => ({
    ...{ outcome: 'ok', status: 200, observed: { decision } },
  });
  const decided = () => events.filter(({ type }) => type === 'decided').map(({ call }) => call);
  recorder.complete(recorder.invoke(asked, 1), told('SUCCESS'), 2);
  recorder.complete(recorder.invoke({ ...reserve, kind: 'attempt' }, 3), yes, 4);
  recorder.complete(recorder.invoke(asked, 5), told('PENDING'), 6);
  const other = recorder.invoke(reserve, 7);
  recorder.complete(recorder.invoke(asked, 8), told('SUCCESS'), 9);
  expect(decided()).toEqual([]);
  recorder.complete(other, no, 10);
  recorder.complete(recorder.invoke(asked, 11), told('SUCCESS'), 12);
  expect(decided()).toMatchObject([{ kind: 'read', buyer: 'ann', completedAtNs: 12 }]);
});
