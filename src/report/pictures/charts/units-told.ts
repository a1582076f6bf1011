import type { Operation } from '../../../history/operation.ts';
import type { SaleClock } from './sale-clock.ts';

/** A change of the units of a SKU. */
export interface StockStep {
  atSeconds: number;
  held: number;
  sold: number;
}

/** The changes of each SKU's units, as far as buyers were told of them, in no order. */
export function unitsTold(operations: Operation[], clock: SaleClock): Map<string, StockStep[]> {
  const steps = new Map<string, StockStep[]>();
  const holds = new Map<string, Operation>();
  const orders = new Map<string, Operation>();
  const add = (call: Operation, of: Operation | undefined, held: number, sold: number): void => {
    const { sku, quantity } = of ?? call;
    if (sku === undefined) return;
    const atSeconds = clock.ofNs(call.completedAtNs);
    const list = steps.get(sku) ?? [];
    list.push({ atSeconds, held: held * quantity, sold: sold * quantity });
    steps.set(sku, list);
  };
  for (const call of operations) {
    if (call.outcome !== 'ok') continue;
    const { kind, hold, order } = call;
    const reserve = hold === undefined ? undefined : holds.get(hold);
    switch (kind) {
      case 'reserve':
        add(call, call, 1, 0);
        if (hold !== undefined) holds.set(hold, call);
        break;
      case 'confirm':
        add(call, reserve, reserve === undefined ? 0 : -1, 1);
        if (order !== undefined) orders.set(order, reserve ?? call);
        break;
      case 'release':
        add(call, reserve, -1, 0);
        break;
      case 'buy':
      case 'register':
        add(call, call, 0, 1);
        if (order !== undefined) orders.set(order, call);
        break;
      case 'cancel':
        add(call, orders.get(order ?? ''), 0, -1);
        break;
      default:
        break;
    }
  }
  return steps;
}
