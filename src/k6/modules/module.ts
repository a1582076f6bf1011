import type { Vu } from '../../load/vu.ts';

/** A module a script can import, bound to one VU. */
export type K6Module = (vu: Vu) => Record<string, unknown>;
