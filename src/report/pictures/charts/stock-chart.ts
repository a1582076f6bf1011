import type { RecordedHistory } from '../../../history/parser.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import type { LedgerMovement, MovementKind } from '../../../protocol/ledger.ts';
import { type Chart, type Mark, NOTHING, type Tone } from '../pictures.ts';
import type { Buckets } from './buckets.ts';
import type { SaleClock } from './sale-clock.ts';
import { type StockStep, unitsTold } from './units-told.ts';

/** Charts for more SKUs would be a page of their own: further ones are left out. */
const SKUS_MAX = 4;

const STEP_OF: Record<MovementKind, { held: number; sold: number }> = {
  RESERVED: { held: 1, sold: 0 },
  SOLD: { held: -1, sold: 1 },
  RELEASED: { held: -1, sold: 0 },
  EXPIRED: { held: -1, sold: 0 },
  RETURNED: { held: 0, sold: -1 },
};

/** Draws the units of each SKU over time: by the ledger's movements, or by the answers where a target gives none. */
export function stockCharts(history: RecordedHistory, clock: SaleClock, buckets: Buckets): Chart[] {
  const { sale, ledger } = history;
  const movements = groupBy(ledger?.movements ?? [], ({ skuId }) => skuId);
  const isLedger = movements.size > 0;
  const told = isLedger ? undefined : unitsTold(history.operations, clock);
  return sale.skus.slice(0, SKUS_MAX).map(({ skuId, total }) => {
    const steps = isLedger
      ? stepsOf(movements.get(skuId) ?? [], clock)
      : (told?.get(skuId) ?? []).toSorted((a, b) => a.atSeconds - b.atSeconds);
    return {
      title: `Stock of ${skuName(skuId)}`,
      note: isLedger
        ? 'By the movements of the ledger.'
        : 'By the answers alone: units that buyers were told are theirs. Holds that lapse are not seen.',
      unit: 'units',
      x: buckets.starts,
      ...NOTHING,
      ...drawSteps(steps, total, buckets),
    };
  });
}

/** The order of the numbers is the order of the changes; times of one commit may be alike. */
const stepsOf = (movements: LedgerMovement[], clock: SaleClock): StockStep[] =>
  movements
    .toSorted((a, b) => a.sequence - b.sequence)
    .map(({ kind, quantity, at }) => ({
      atSeconds: at === null ? 0 : clock.ofIso(at),
      held: STEP_OF[kind].held * quantity,
      sold: STEP_OF[kind].sold * quantity,
    }));

function drawSteps(
  steps: StockStep[],
  total: number,
  { count: length, placeOf }: Buckets,
): Pick<Chart, 'series' | 'marks'> {
  const held = new Array<number>(length).fill(0);
  const sold = new Array<number>(length).fill(0);
  let heldNow = 0;
  let soldNow = 0;
  let from = 0;
  let tooMany: Mark | undefined;
  for (const step of steps) {
    const place = placeOf(step.atSeconds);
    for (; from < place; from++) {
      held[from] = heldNow;
      sold[from] = soldNow;
    }
    heldNow += step.held;
    soldNow += step.sold;
    if (tooMany === undefined && heldNow + soldNow > total) {
      const label = `${heldNow + soldNow} of ${count(total, 'unit')}`;
      tooMany = { at: step.atSeconds, label, tone: 'bad' };
    }
  }
  held.fill(heldNow, from);
  sold.fill(soldNow, from);
  const available = held.map((units, place) => total - units - (sold[place] as number));
  const series = (label: string, tone: Tone, values: number[]) => ({
    ...{ label, tone, values, isStepped: true },
  });
  return {
    series: [
      series('available', 'first', available),
      series('held', 'second', held),
      series('sold', 'third', sold),
      series('on sale in all', 'quiet', new Array<number>(length).fill(total)),
    ],
    marks: tooMany === undefined ? [] : [tooMany],
  };
}
