import type { Vu } from '../../load/vu/vu.ts';

/** Makes the exports of a module for one VU. Relative paths of files start at the folder of the script. */
export type K6Module = (vu: Vu, scriptPath: string) => Record<string, unknown>;
