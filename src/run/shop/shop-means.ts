import type { NamedTargetFile } from '../../target/file/read-target-file.ts';
import type { Databases } from './databases.ts';
import type { Secrets } from './secrets.ts';

/** The means by which a run reaches a described shop. */
export interface ShopMeans {
  file: NamedTargetFile;
  secrets: Secrets;
  databases: Databases;
  /** Environment of the commands. */
  env: Record<string, string | undefined>;
  /** Aborts when the run is abandoned. */
  signal: AbortSignal;
}
