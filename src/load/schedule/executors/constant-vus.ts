import * as z from 'zod';
import { positiveDurationMs } from '../duration.ts';
import { partOf } from '../share.ts';
import { defineExecutor, type ExecutorPlan } from './executor.ts';
import { vuCount } from './iterations.ts';

/** A fixed number of VUs, each of which runs one iteration after another until the time is over. */
export const constantVus = defineExecutor({
  name: 'constant-vus',
  fields: z.strictObject({
    vus: vuCount,
    duration: positiveDurationMs,
  }),
  plan: ({ vus, duration }) => planLoop(vus, duration),
});

function planLoop(vus: number, durationMs: number): ExecutorPlan {
  return {
    vusStart: vus,
    vusMax: vus,
    durationMs,
    share: (share) => planLoop(partOf(vus, share), durationMs),
    async run(run) {
      await Promise.all(run.vus.map((vu) => vu.runWhile(() => run.isOpen())));
    },
  };
}
