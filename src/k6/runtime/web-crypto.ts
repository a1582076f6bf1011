import { webcrypto } from 'node:crypto';
import type { Vu } from '../../load/vu/vu.ts';

/** The global `crypto` of one VU: Node's. An iteration ends only after the promises of `crypto.subtle` have settled. */
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
