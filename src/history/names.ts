import { entryOf } from '../kernel/group-by.ts';

/** Names with their numbers, from 0 on in the order in which they came first. */
export class Names {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a name; a new one if it has none. */
  numberOf(name: string): number {
    return entryOf(this.numbers, name, () => this.all.push(name) - 1);
  }

  /** The number of a name; undefined if it has none. */
  knownNumberOf(name: string): number | undefined {
    return this.numbers.get(name);
  }
}
