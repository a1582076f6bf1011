import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../kernel/clock.ts';
import { count } from '../../../kernel/wording.ts';
import type { TargetFile } from '../../../target/file/schema.ts';
import type { ShopSku } from '../skus/shop-sku.ts';
import { offendingRows } from './offending-rows.ts';
import { messageOf } from './read-rows.ts';
import { type AskDeps, fieldsAbout, isAskedPerSku } from './row-source.ts';
import { shorten } from './shorten.ts';

const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 5_000;
const PAUSE_GROWTH = 1.5;

/** Work that the shop has not done, in words. */
export interface OpenWork {
  /** The SKU whose rows are not final; absent: those of all. */
  skuId?: string;
  what: string;
}

/** The advice for a shop that is never at rest. */
export const BOUND_BY_TIME =
  "rows that nobody ever finishes need a bound in the query of rest, as: AND created_at > now() - interval '1 minute'";

type Asked = Exclude<TargetFile['rest'], { wait: number }>;

/**
 * Waits until a described shop is at rest: until a query returns no row or a command prints none. Answers with what is not at
 * rest when it gives up.
 */
export async function waitForRest(
  rest: Asked,
  skus: ShopSku[],
  deps: AskDeps & { clock: Clock },
): Promise<OpenWork[]> {
  const { clock, signal } = deps;
  const deadlineNs = clock.monotonicNs() + rest.giveUp * 1e6;
  let pauseMs = FIRST_PAUSE_MS;
  let busy: (ShopSku | undefined)[] = isAskedPerSku(rest) ? skus : [undefined];
  for (;;) {
    const open = await openWork(rest, busy, deps);
    const leftMs = (deadlineNs - clock.monotonicNs()) / 1e6;
    if (open.length === 0) return [];
    if (leftMs <= 0) {
      const waited = count(rest.giveUp / 1_000, 'second');
      return open.map(({ what, ...about }) => ({ ...about, what: `after ${waited}, ${what}` }));
    }
    // A SKU that is at rest stays so, because nobody buys any more.
    busy = busy.filter((sku) =>
      open.some(({ skuId }) => skuId === undefined || skuId === sku?.skuId),
    );
    await delay(Math.min(leftMs, pauseMs), undefined, { signal });
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, PAUSE_MS_MAX);
  }
}

/**
 * Asks once, before anybody has bought anything. Answers with what is open even then.
 *
 * Throws one sentence when it cannot be asked.
 */
export async function rehearseRest(
  rest: TargetFile['rest'],
  [sku]: ShopSku[],
  deps: AskDeps,
): Promise<string | undefined> {
  if ('wait' in rest) return undefined;
  try {
    return await openWorkOf(rest, isAskedPerSku(rest) ? sku : undefined, deps);
  } catch (error) {
    deps.signal.throwIfAborted();
    throw new Error(deps.secrets.scrub(messageOf(error)));
  }
}

/** The work that is open now; a shop that cannot be asked may be restarting, so that counts as open. */
async function openWork(
  rest: Asked,
  busy: (ShopSku | undefined)[],
  deps: AskDeps,
): Promise<OpenWork[]> {
  const open: OpenWork[] = [];
  try {
    for (const sku of busy) {
      const what = await openWorkOf(rest, sku, deps);
      if (what !== undefined) open.push({ ...(sku && { skuId: sku.skuId }), what });
    }
    return open;
  } catch (error) {
    deps.signal.throwIfAborted();
    return [{ what: deps.secrets.scrub(`rest cannot be asked: ${messageOf(error)}`) }];
  } finally {
    // The next look needs a transaction of its own, or it would see the same state again.
    await deps.session.close();
  }
}

async function openWorkOf(
  rest: Asked,
  sku: ShopSku | undefined,
  deps: AskDeps,
): Promise<string | undefined> {
  const { number, shown } = await offendingRows(rest, fieldsAbout(sku, deps.secrets, 'rest'), deps);
  if (number === 0) return undefined;
  const about = sku === undefined ? '' : ` for SKU ${sku.skuId}`;
  return `rest gives ${count(number, 'row')}${about}, such as ${shorten(shown[0])}`;
}
