import { setTimeout as delay } from 'node:timers/promises';
import type { RunDeps } from '../context.ts';
import type { FinalBooks } from '../sale/sale-host.ts';
import type { DescribedBooks } from './books/described-books.ts';
import { BOUND_BY_TIME } from './books/rest.ts';
import type { DescribeProxies } from './proxies.ts';

/** The shop may still work on a call without an answer for this long. */
const UNANSWERED_CALLS_MS = 2_000;

/** The books of a described shop after the load. `describeProxies` tells what its proxies did; absent: there are none. */
export const finalBooks = (
  books: DescribedBooks,
  {
    signal,
    onEvent,
    describeProxies = () => [],
  }: Pick<RunDeps, 'signal' | 'onEvent'> & { describeProxies?: DescribeProxies },
): FinalBooks => ({
  async settle({ outcomes }) {
    if (outcomes.unknown > 0) await delay(UNANSWERED_CALLS_MS, undefined, { signal });
    const open = await books.settle();
    const lines = open.length === 0 ? [] : [`not at rest: ${open.join('; ')}`, BOUND_BY_TIME];
    for (const line of [...lines, ...describeProxies()]) onEvent({ type: 'log', line });
  },
  readBooks: books.readBooks,
  askInvariants: books.askInvariants,
});
