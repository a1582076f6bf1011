import type { MovementKind } from '../../protocol/ledger.ts';

/** One stock movement, in the order in which the server numbered them. */
export interface Step {
  sequence: number;
  kind: MovementKind;
  quantity: number;
  hold: string | undefined;
  /** Units on sale after the movement, starting from the SKU's total. */
  availableAfter: number;
  /** Units held and units sold after the movement. */
  reservedAfter: number;
  soldAfter: number;
}

/** The part of a step that stands in the ledger or in an answer. */
type Change = Pick<Step, 'sequence' | 'kind' | 'quantity'>;

/**
 * The steps of a replay. A step is put together when it is asked for: only the counts are kept, and what stands in the
 * changes is not kept twice.
 */
export class Steps implements Iterable<Step> {
  length = 0;
  private readonly changeAt: (place: number) => Change & Pick<Step, 'hold'>;
  private readonly available: Float64Array;
  private readonly reserved: Float64Array;
  private readonly sold: Float64Array;

  /** @param changes all changes that may become steps, in their order */
  static of<Made extends Change>(
    changes: readonly Made[],
    holdOf: (change: Made) => string | undefined,
  ): Steps {
    return new Steps(changes.length, (place) => {
      const change = changes[place] as Made;
      const { sequence, kind, quantity } = change;
      return { sequence, kind, quantity, hold: holdOf(change) };
    });
  }

  private constructor(room: number, changeAt: (place: number) => Change & Pick<Step, 'hold'>) {
    this.changeAt = changeAt;
    this.available = new Float64Array(room);
    this.reserved = new Float64Array(room);
    this.sold = new Float64Array(room);
  }

  /** Adds the next change as a step, with the counts after it. */
  add(available: number, reserved: number, sold: number): void {
    const place = this.length++;
    this.available[place] = available;
    this.reserved[place] = reserved;
    this.sold[place] = sold;
  }

  at(place: number): Step | undefined {
    if (place < 0 || place >= this.length) return undefined;
    return {
      ...this.changeAt(place),
      availableAfter: this.available[place] as number,
      reservedAfter: this.reserved[place] as number,
      soldAfter: this.sold[place] as number,
    };
  }

  /** Units on sale after the step at a place. */
  availableAt(place: number): number | undefined {
    return place < this.length ? this.available[place] : undefined;
  }

  /** Units held after the step at a place. */
  reservedAt(place: number): number | undefined {
    return place < this.length ? this.reserved[place] : undefined;
  }

  /** Units sold after the step at a place. */
  soldAt(place: number): number | undefined {
    return place < this.length ? this.sold[place] : undefined;
  }

  /** The place of the first step after which more units were taken than exist; -1 if there is none. */
  placeOfOversell(): number {
    return this.available.subarray(0, this.length).findIndex((units) => units < 0);
  }

  *[Symbol.iterator](): Iterator<Step> {
    for (let place = 0; place < this.length; place++) yield this.at(place) as Step;
  }
}
