import { expect, it } from 'vitest';
import type { Operation } from '../operation.ts';
import { jepsenLines } from './jepsen.ts';
import { porcupineLines } from './porcupine.ts';

const base = { quantity: 1, status: 201 };
const OPERATIONS: Operation[] = [
  {
    ...base,
    id: 1,
    kind: 'reserve',
    sku: 'lamp',
    buyer: 'ann',
    hold: 'h-1',
    invokedAtNs: 10,
    completedAtNs: 30,
    outcome: 'ok',
  },
  {
    ...base,
    id: 2,
    kind: 'reserve',
    sku: 'lamp',
    buyer: 'b"ob',
    invokedAtNs: 20,
    completedAtNs: Number.POSITIVE_INFINITY,
    outcome: 'info',
    code: 'ECONNRESET',
  },
  {
    ...base,
    id: 3,
    kind: 'confirm',
    buyer: 'ann',
    hold: 'h-1',
    newHold: 'h-2',
    order: 'o-1',
    invokedAtNs: 40,
    completedAtNs: 50,
    outcome: 'ok',
  },
  {
    ...base,
    id: 4,
    kind: 'reserve',
    sku: 'lamp',
    buyer: 'cid',
    invokedAtNs: 50,
    completedAtNs: 60,
    outcome: 'fail',
    code: 'sold out!',
  },
  {
    ...base,
    id: 5,
    kind: 'read',
    sku: 'lamp',
    observed: { available: 0 },
    invokedAtNs: 70,
    completedAtNs: 80,
    outcome: 'ok',
  },
];

it('exports operations for Porcupine, each by a client that does one thing at a time', () => {
  const lines = [...porcupineLines(OPERATIONS)].map((line) => JSON.parse(line));
  expect(lines.map(({ clientId, call, return: end }) => [clientId, call, end])).toEqual([
    [0, 10, 30],
    // Nobody knows the end of this call, so its client does nothing else and it may end with the history.
    [1, 20, 81],
    [0, 40, 50],
    [2, 50, 60],
    // Whichever client was free first.
    [0, 70, 80],
  ]);
  expect(lines[2]).toEqual({
    sku: 'lamp',
    clientId: 0,
    input: { kind: 'confirm', quantity: 1, buyer: 'ann', hold: 'h-1' },
    call: 40,
    output: { outcome: 'ok', hold: 'h-1', newHold: 'h-2', order: 'o-1' },
    return: 50,
  });
});

it('exports operations for Jepsen as EDN, in the order of their times', () => {
  expect([...jepsenLines(OPERATIONS)]).toEqual([
    '{:index 0, :time 10, :type :invoke, :process 0, :f :reserve, :value ["lamp" {:buyer "ann", :quantity 1}]}',
    '{:index 1, :time 20, :type :invoke, :process 1, :f :reserve, :value ["lamp" {:buyer "b\\"ob", :quantity 1}]}',
    '{:index 2, :time 30, :type :ok, :process 0, :f :reserve, :value ["lamp" {:buyer "ann", :quantity 1, :hold "h-1"}]}',
    '{:index 3, :time 40, :type :invoke, :process 0, :f :confirm, :value ["lamp" {:buyer "ann", :quantity 1, :hold "h-1"}]}',
    '{:index 4, :time 50, :type :invoke, :process 2, :f :reserve, :value ["lamp" {:buyer "cid", :quantity 1}]}',
    '{:index 5, :time 50, :type :ok, :process 0, :f :confirm, :value ["lamp" {:buyer "ann", :quantity 1, :hold "h-1", :newHold "h-2", :order "o-1"}]}',
    '{:index 6, :time 60, :type :fail, :process 2, :f :reserve, :value ["lamp" {:buyer "cid", :quantity 1}], :error "sold out!"}',
    '{:index 7, :time 70, :type :invoke, :process 0, :f :read, :value ["lamp" {:quantity 1}]}',
    '{:index 8, :time 80, :type :ok, :process 0, :f :read, :value ["lamp" {:quantity 1, :available 0}]}',
    '{:index 9, :time 81, :type :info, :process 1, :f :reserve, :value ["lamp" {:buyer "b\\"ob", :quantity 1}], :error :ECONNRESET}',
  ]);
});
