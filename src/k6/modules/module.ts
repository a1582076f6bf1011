import type { Vu } from '../../load/vu.ts';

/** A module a script can import, bound to one VU. */
export type K6Module = (vu: Vu) => Record<string, unknown>;

/** Makes a member that says it is not there instead of being undefined. */
export function unsupported(name: string): () => never {
  return () => {
    throw new Error(`${name} is not supported by flashsale-cli`);
  };
}
