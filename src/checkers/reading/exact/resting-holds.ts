import type { Operation } from '../../../history/operation.ts';
import type { Situation, SoughtHold } from './situation.ts';

/** The holds of one SKU at a moment of rest: each is sold, or over. */
export class RestingHolds {
  private readonly byId = new Map<string, SoughtHold>();
  private readonly idsByOrder = new Map<string, string[]>();
  private readonly all: Sold = { units: 0, last: undefined };
  private readonly ofBuyer = new Map<string | undefined, Sold>();

  get(id: string): SoughtHold | undefined {
    return this.byId.get(id);
  }

  /** The holds that an order bought. */
  boughtBy(order: string): SoughtHold[] {
    return this.idsByOrder.get(order)?.flatMap((id) => this.byId.get(id) ?? []) ?? [];
  }

  /** Adds a hold, or changes it. */
  set(hold: SoughtHold): void {
    const before = this.byId.get(hold.id);
    if (before !== undefined) this.count(before, -1);
    this.byId.set(hold.id, hold);
    this.count(hold, 1);
    const order = hold.boughtBy?.order;
    if (order === undefined || order === before?.boughtBy?.order) return;
    const others = this.idsByOrder.get(order);
    if (others === undefined) this.idsByOrder.set(order, [hold.id]);
    else others.push(hold.id);
  }

  /**
   * The holds as far as some calls may notice them: those that they name, what each of their buyers has bought besides as one
   * hold, and what others have bought as one.
   */
  seenBy(calls: readonly Operation[]): Situation {
    const named = new Set<SoughtHold>();
    const buyers = new Set<string | undefined>();
    for (const { hold, order, buyer } of calls) {
      buyers.add(buyer);
      const ofHold = hold === undefined ? undefined : this.byId.get(hold);
      if (ofHold !== undefined) named.add(ofHold);
      if (order !== undefined) for (const each of this.boughtBy(order)) named.add(each);
    }
    const left = new Map<string | undefined, number>();
    for (const buyer of buyers) left.set(buyer, this.ofBuyer.get(buyer)?.units ?? 0);
    let others = this.all.units;
    for (const units of left.values()) others -= units;
    for (const { phase, buyer, units } of named) {
      if (phase !== 'sold') continue;
      if (left.has(buyer)) left.set(buyer, (left.get(buyer) as number) - units);
      else others -= units;
    }
    return [
      ...together(this.all.last, undefined, others),
      ...[...left].flatMap(([buyer, units]) =>
        together(this.ofBuyer.get(buyer)?.last, buyer, units),
      ),
      ...named,
    ];
  }

  /** Counts a sold hold in, or out. */
  private count(hold: SoughtHold, sign: 1 | -1): void {
    if (hold.phase !== 'sold') return;
    const ofBuyer = this.ofBuyer.get(hold.buyer) ?? { units: 0, last: undefined };
    this.ofBuyer.set(hold.buyer, ofBuyer);
    for (const sold of [this.all, ofBuyer]) {
      sold.units += sign * hold.units;
      sold.last = hold;
    }
  }
}

/** Units that were sold, and one of the holds. */
interface Sold {
  units: number;
  last: SoughtHold | undefined;
}

/** Units of several holds as one that nobody names; nothing if there are none. */
const together = (
  any: SoughtHold | undefined,
  buyer: string | undefined,
  units: number,
): Situation =>
  any === undefined || units === 0
    ? []
    : [{ ...any, id: '', buyer, units, phase: 'sold', boughtBy: undefined }];
