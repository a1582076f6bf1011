/**
 * A set of values that hands on every one it gets, now or later, to its targets and watchers.
 *
 * Values are handed on by `settle`, which works through a queue: the chains of cells in large programs are longer than
 * the stack of calls.
 */
export class Cell<V> {
  /** In the order in which they were added. */
  values: ReadonlySet<V>;
  /** The last of the values, which were not handed on yet. */
  private fresh: V[] | undefined;
  private targets: Set<Cell<V>> | undefined;
  private watchers: ((value: V) => void)[] | undefined;
  private readonly queue: Cell<V>[];

  /** @param queue shared by all cells of one analysis */
  constructor(queue: Cell<V>[]) {
    // There are as many cells as expressions, and most of them stay empty.
    this.values = NONE;
    this.fresh = undefined;
    this.targets = undefined;
    this.watchers = undefined;
    this.queue = queue;
  }

  add(value: V): void {
    if (this.values.has(value)) return;
    if (this.values === NONE) this.values = new Set();
    (this.values as Set<V>).add(value);
    if (this.fresh) {
      this.fresh.push(value);
      return;
    }
    this.fresh = [value];
    this.queue.push(this);
  }

  /** Hands every value there is and will be to `target`. */
  flowTo(target: Cell<V>): void {
    if (target === this || this.targets?.has(target)) return;
    this.targets ??= new Set();
    this.targets.add(target);
    for (const value of this.values) target.add(value);
  }

  /** Calls `watch` once with every value there is and will be. */
  each(watch: (value: V) => void): void {
    this.watchers ??= [];
    this.watchers.push(watch);
    let settled = this.values.size - (this.fresh?.length ?? 0);
    for (const value of this.values) {
      if (settled === 0) return;
      settled -= 1;
      watch(value);
    }
  }

  /** Hands on the fresh values. */
  handOn(): void {
    const { fresh = [], targets, watchers } = this;
    this.fresh = undefined;
    if (targets) for (const target of targets) for (const value of fresh) target.add(value);
    if (watchers) for (const watch of [...watchers]) for (const value of fresh) watch(value);
  }
}

const NONE: ReadonlySet<never> = new Set();

/** Hands on values until every cell has all that it can get. */
export function settle<V>(queue: Cell<V>[]): void {
  for (let cell = queue.pop(); cell; cell = queue.pop()) cell.handOn();
}
