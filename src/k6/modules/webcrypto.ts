import { webcrypto } from 'node:crypto';
import type { Vu } from '../../load/vu/vu.ts';
import type { K6Module } from './module.ts';

/** k6's former name of the global `crypto`. */
export const webcryptoModule: K6Module = (vu) => ({ crypto: createWebCrypto(vu) });

/** The global `crypto` of one VU: Node's, whose promises an iteration waits for. */
export function createWebCrypto(vu: Vu): object {
  const subtle = new Proxy(webcrypto.subtle, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]) =>
        vu.awaiting(member.apply(target, values) as Promise<unknown>);
    },
  });
  return {
    subtle,
    getRandomValues: (array: ArrayBufferView) => webcrypto.getRandomValues(array as Uint8Array),
    randomUUID: () => webcrypto.randomUUID(),
  };
}
