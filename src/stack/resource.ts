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
  /** Starts a resource. When that fails, the scope is stopped before the error is passed on. */
  start<T>(resource: Resource<T>): Promise<T>;
  /** Starts several side by side. */
  startAll<T>(resources: Resource<T>[]): Promise<T[]>;
  /**
   * Stops everything, also what is still starting; safe to call again. One that fails to stop keeps none of the others
   * from being stopped.
   *
   * @throws AggregateError of what could not be stopped
   */
  stop(): Promise<void>;
}

export function createScope(): Scope {
  const started: Resource<unknown>[] = [];
  let stopping: Promise<void> | undefined;

  const scope: Scope = {
    async start(resource) {
      if (stopping !== undefined)
        throw new Error(`${resource.name} was to start while all is stopped`);
      started.push(resource);
      try {
        return await resource.start();
      } catch (error) {
        await scope.stop();
        throw error;
      }
    },
    startAll: (resources) => Promise.all(resources.map((resource) => scope.start(resource))),
    stop() {
      stopping ??= stopInReverse(started);
      return stopping;
    },
  };
  return scope;
}

async function stopInReverse(started: Resource<unknown>[]): Promise<void> {
  const errors: unknown[] = [];
  for (const resource of started.toReversed()) {
    await resource.stop().catch((cause) => {
      errors.push(new Error(`${resource.name} could not be stopped`, { cause }));
    });
  }
  if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped');
}
