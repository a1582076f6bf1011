/**
 * The place of the first item with each number. Numbers of movements count 1, 2, 3 …, so nearly all of them stand in an array;
 * a Map of a million takes several times the time and the room.
 */
export class FirstPlaces {
  /** By number, one more than the place; 0 where there is none. */
  private readonly near: Int32Array;
  private readonly far = new Map<number, number>();

  /** @param items how many there are at most */
  constructor(items: number) {
    this.near = new Int32Array(items * 2 + 1);
  }

  get(number: number): number | undefined {
    if (!this.isNear(number)) return this.far.get(number);
    const more = this.near[number] as number;
    return more === 0 ? undefined : more - 1;
  }

  set(number: number, place: number): void {
    if (this.isNear(number)) this.near[number] = place + 1;
    else this.far.set(number, place);
  }

  /** Visits all numbers with their places: the near numbers ascending, the far ones as they came. */
  forEach(visit: (number: number, place: number) => void): void {
    for (let number = 0; number < this.near.length; number++) {
      const more = this.near[number] as number;
      if (more !== 0) visit(number, more - 1);
    }
    for (const [number, place] of this.far) visit(number, place);
  }

  private isNear(number: number): boolean {
    return Number.isInteger(number) && number >= 0 && number < this.near.length;
  }
}
