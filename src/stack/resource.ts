/**
 * Something a run needs and must leave no trace of: a database, a server instance, a folder. `start` resolves when it
 * is ready to be used; `stop` may be called at any time, even while it starts, and any number of times.
 */
export interface Resource<T> {
  /** For people: "PostgreSQL", "server instance 2". */
  name: string;
  start(): Promise<T>;
  stop(): Promise<void>;
}

/** Resources that were started one after another and are stopped together, the last first. */
export interface Scope {
  /** Starts a resource. When that fails, everything in the scope is stopped before the error is passed on. */
  start<T>(resource: Resource<T>): Promise<T>;
  /** Starts several side by side; they are stopped side by side, too. */
  startAll<T>(resources: Resource<T>[]): Promise<T[]>;
  /**
   * Stops everything, also what is still starting; safe to call again. One that fails to stop keeps none of the others
   * from being stopped.
   *
   * @throws AggregateError of what could not be stopped
   */
  stop(): Promise<void>;
}

interface Started {
  resource: Resource<unknown>;
  start: Promise<unknown>;
}

export function createScope(): Scope {
  const groups: Started[][] = [];
  let stopping: Promise<void> | undefined;

  const scope: Scope = {
    async start(resource) {
      const [value] = await scope.startAll([resource]);
      return value as Awaited<ReturnType<typeof resource.start>>;
    },
    async startAll(resources) {
      if (stopping !== undefined) throw new Error('nothing is started while all is stopped');
      const group = resources.map((resource) => ({ resource, start: resource.start() }));
      groups.push(group);
      try {
        return await Promise.all(group.map(({ start }) => start));
      } catch (error) {
        // What cannot be stopped is told to whoever stops the scope; here, the first failure is the news.
        await scope.stop().catch(() => {});
        throw error;
      }
    },
    stop() {
      stopping ??= stopInReverse(groups);
      return stopping;
    },
  };
  return scope;
}

async function stopInReverse(groups: Started[][]): Promise<void> {
  const errors: unknown[] = [];
  for (const group of groups.toReversed()) {
    const stops = await Promise.allSettled(group.map(stopStarted));
    for (const stop of stops) if (stop.status === 'rejected') errors.push(stop.reason);
  }
  if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped');
}

async function stopStarted({ resource, start }: Started): Promise<void> {
  try {
    await resource.stop();
    // A start that was too far along to be called off has only now made something to be stopped.
    await start.catch(() => {});
    await resource.stop();
  } catch (cause) {
    throw new Error(`${resource.name} could not be stopped`, { cause });
  }
}
