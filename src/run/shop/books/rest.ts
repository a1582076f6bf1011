import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../kernel/clock.ts';
import { rootMessage } from '../../../kernel/errors.ts';
import { count } from '../../../kernel/wording.ts';
import type { TargetFile } from '../../../target/file/schema.ts';
import type { ShopSku } from '../skus/shop-sku.ts';
import { offendingRows } from './offending-rows.ts';
import { type AskDeps, fieldsAbout, isAskedPerSku } from './row-source.ts';
import { shorten } from './shorten.ts';

const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 5_000;
const PAUSE_GROWTH = 1.5;

/**
 * Waits until a described shop is at rest: for a time, or until a query returns no row or a command prints none. Answers
 * with what is not at rest when it gives up, in words.
 */
export async function waitForRest(
  rest: TargetFile['rest'],
  skus: ShopSku[],
  deps: AskDeps & { clock: Clock },
): Promise<string[]> {
  const { clock, signal } = deps;
  if ('wait' in rest) {
    await delay(rest.wait, undefined, { signal });
    return [];
  }
  const deadlineNs = clock.monotonicNs() + rest.giveUp * 1e6;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const open = await openWork(rest, skus, deps);
    const leftMs = (deadlineNs - clock.monotonicNs()) / 1e6;
    if (open === undefined) return [];
    if (leftMs <= 0) return [`after ${count(rest.giveUp / 1_000, 'second')}, ${open}`];
    await delay(Math.min(leftMs, pauseMs), undefined, { signal });
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, PAUSE_MS_MAX);
  }
}

/** The work that is open now; a shop that cannot be asked may be restarting, so that counts as open. */
async function openWork(
  rest: Exclude<TargetFile['rest'], { wait: number }>,
  skus: ShopSku[],
  deps: AskDeps,
): Promise<string | undefined> {
  try {
    for (const sku of isAskedPerSku(rest) ? skus : [undefined]) {
      const { number, shown } = await offendingRows(
        rest,
        fieldsAbout(sku, deps.secrets, 'rest'),
        deps,
      );
      if (number > 0) return `rest gives ${count(number, 'row')}, such as ${shorten(shown[0])}`;
    }
    return undefined;
  } catch (error) {
    deps.signal.throwIfAborted();
    return deps.secrets.scrub(`rest cannot be asked: ${rootMessage(error)}`);
  } finally {
    // The next look needs a transaction of its own, or it would see the same state again.
    await deps.session.close();
  }
}
