import { count } from '../../../kernel/wording.ts';
import type { Fields } from '../../../target/file/schema.ts';
import type { RunDeps } from '../../context.ts';
import type { SalePlan } from '../../sale/sale-plan.ts';
import type { ShopMeans } from '../shop-means.ts';
import { keptBuyers } from './buyers-file.ts';
import { assertKnown } from './known-buyer.ts';
import { makeBuyers } from './make-buyers.ts';
import { assertTokensLive } from './token-end.ts';

/** A buyer as scenarios find it in the sale file: `userId` is the field `id` of the target file. */
export type ShopBuyer = Fields & { userId: string };

const PROGRESS_EVERY_MS = 1_000;

/** A function that makes the buyers of a run once, and shows how far that is. Its argument is a word that no other run has. */
export function createShopBuyers(
  { plan, means, buyersFile }: { plan: SalePlan; means: ShopMeans; buyersFile?: string },
  { clock, onEvent }: Pick<RunDeps, 'clock' | 'onEvent'>,
): (run: string) => Promise<ShopBuyer[]> {
  let made: Promise<ShopBuyer[]> | undefined;
  let shownAtMs = clock.nowMs();

  function onProgress(ready: number): void {
    if (clock.nowMs() - shownAtMs < PROGRESS_EVERY_MS) return;
    shownAtMs = clock.nowMs();
    onEvent({
      type: 'phase_progress',
      phase: 'seed',
      detail: `${ready.toLocaleString('en-US')} of ${count(plan.buyers, 'buyer')}`,
    });
  }

  async function make(run: string): Promise<ShopBuyer[]> {
    const buyers = await makeOrKeep(run);
    const { file } = means.file.buyers;
    const next =
      file === undefined
        ? 'correct headers, or the way in which buyers get their token'
        : `put credentials that are valid into ${file}, or add buyers.steps that log them in`;
    assertTokensLive(buyers, means.file, clock.nowMs(), next);
    if (buyers[0] !== undefined) await assertKnown(buyers[0], means, next);
    return buyers.map(asShopBuyer);
  }

  async function makeOrKeep(run: string): Promise<Fields[]> {
    if (buyersFile === undefined) return makeBuyers(plan.buyers, run, means, onProgress);
    const { buyers, detail } = await keptBuyers(buyersFile, plan.buyers, {
      ...{ run, means, onProgress, nowMs: clock.nowMs() },
    });
    onEvent({ type: 'log', line: detail });
    return buyers;
  }

  return (run) => {
    made ??= make(run);
    return made;
  };
}

const asShopBuyer = ({ id = null, ...fields }: Fields): ShopBuyer => ({
  userId: String(id),
  ...fields,
});
