/** Port to a place for files that have names, and never change under a name. */
export interface ObjectStore {
  /** Keeps a file. One that is kept already under its name stays as it is, or is replaced by the same bytes. */
  put(name: string, file: Buffer, signal: AbortSignal): Promise<void>;
  /** The file, or undefined if there is none of this name. */
  get(name: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Forgets a file. One that is not there is forgotten already. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}
