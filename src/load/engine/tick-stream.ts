/**
 * An async iterable for one reader that never holds more than one tick: a slow reader gets the newest one, because an old
 * one is of no use to a screen and a backlog would grow with the run.
 */
export interface TickStream<Tick> extends AsyncIterable<Tick> {
  push(tick: Tick): void;
  /** Ends the stream after the tick that is still unread. */
  end(): void;
}

export function createTickStream<Tick>(): TickStream<Tick> {
  let unread: Tick | undefined;
  let ended = false;
  let waiting: ((result: IteratorResult<Tick>) => void) | undefined;

  return {
    push(tick) {
      if (!waiting) {
        unread = tick;
        return;
      }
      waiting({ done: false, value: tick });
      waiting = undefined;
    },
    end() {
      ended = true;
      waiting?.({ done: true, value: undefined });
      waiting = undefined;
    },
    [Symbol.asyncIterator]: () => ({
      next() {
        if (unread !== undefined) {
          const value = unread;
          unread = undefined;
          return Promise.resolve({ done: false, value });
        }
        if (ended) return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve) => {
          waiting = resolve;
        });
      },
    }),
  };
}
