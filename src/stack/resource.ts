/**
 * Something a run needs and must leave no trace of: a database, a server instance, a folder. `start` resolves when it
 * is ready to be used and cleans up after itself when it fails; `stop` may be called at any time, any number of times.
 */
export interface Resource<T> {
  /** For people: "PostgreSQL", "server instance 2". */
  name: string;
  start(): Promise<T>;
  stop(): Promise<void>;
}
