import type { Vu } from '../../load/vu/vu.ts';

/** A module a script can import, bound to one VU; paths of files begin at the script's folder. */
export type K6Module = (vu: Vu, scriptPath: string) => Record<string, unknown>;
