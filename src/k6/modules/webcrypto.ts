import { createWebCrypto } from '../runtime/web-crypto.ts';
import type { K6Module } from './module.ts';

/** `k6/experimental/webcrypto` and `k6/x/webcrypto`, k6's former names for the global `crypto`. */
export const webcryptoModule: K6Module = (vu) => ({ crypto: createWebCrypto(vu) });
