/**
 * Something that a run starts and must remove again: a database, a server instance, a folder. `start` resolves when the
 * resource is ready to be used. `stop` may be called at any time, even while it starts, and any number of times.
 */
export interface Resource<T> {
  /** Name shown to the user: "PostgreSQL", "server instance 2". */
  name: string;
  start(): Promise<T>;
  stop(): Promise<void>;
}

/** Resources that are started one after another and stopped together, the last one first. */
export interface Scope {
  /**
   * Starts a resource. If that fails, everything in the scope is stopped before the error is thrown, and starts under way
   * reject with the same error.
   */
  start<T>(resource: Resource<T>): Promise<T>;
  /** Starts several resources side by side; they are also stopped side by side. */
  startAll<T>(resources: Resource<T>[]): Promise<T[]>;
  /**
   * Stops all resources, also those that are still starting; safe to call again. A resource that fails to stop does not
   * prevent the others from being stopped.
   *
   * @throws AggregateError with the resources that could not be stopped
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
  let firstFailure: { error: unknown } | undefined;

  const scope: Scope = {
    async start(resource) {
      const [value] = await scope.startAll([resource]);
      return value as Awaited<ReturnType<typeof resource.start>>;
    },
    async startAll(resources) {
      if (stopping !== undefined)
        throw new Error('nothing can be started in a scope that is stopped');
      const group = resources.map((resource) => ({ resource, start: resource.start() }));
      groups.push(group);
      try {
        return await Promise.all(group.map(({ start }) => start));
      } catch (error) {
        // Stopping makes other starts fail, too; those throw the failure that was the cause. A failure to stop is thrown
        // when the caller stops the scope.
        firstFailure ??= { error };
        await scope.stop().catch(() => {});
        throw firstFailure.error;
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
    // A start that could not be called off any more may have created something after the first stop.
    await start.catch(() => {});
    await resource.stop();
  } catch (cause) {
    throw new Error(`${resource.name} could not be stopped`, { cause });
  }
}
