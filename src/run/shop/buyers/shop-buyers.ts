import { count } from '../../../kernel/wording.ts';
import type { Fields } from '../../../target/file/schema.ts';
import type { RunDeps } from '../../context.ts';
import type { SalePlan } from '../../sale/sale-plan.ts';
import type { ShopMeans } from '../shop-means.ts';
import { keptBuyers } from './buyers-file.ts';
import { makeBuyers } from './make-buyers.ts';

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
    if (buyersFile === undefined) {
      return (await makeBuyers(plan.buyers, run, means, onProgress)).map(asShopBuyer);
    }
    const { buyers, detail } = await keptBuyers(buyersFile, plan.buyers, {
      ...{ run, means, onProgress, nowMs: clock.nowMs() },
    });
    onEvent({ type: 'log', line: detail });
    return buyers.map(asShopBuyer);
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
