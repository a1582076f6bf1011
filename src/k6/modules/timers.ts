import { createTimers } from '../runtime/timers.ts';
import type { K6Module } from './module.ts';

/** `k6/timers`: the timers that are also global. */
export const timersModule: K6Module = (vu) => createTimers(vu);
