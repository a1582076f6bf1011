import { z } from 'zod';
import { durationMs } from '../duration.ts';

/** k6's list of stages: a target each, and how long the way there takes. */
export const stages = z.array(
  z.strictObject({ target: z.number().optional(), duration: durationMs.optional() }),
);

export interface Stage {
  target: number;
  durationMs: number;
}

/** Refuses what k6 refuses, in its words. */
export function checkStages(written: z.output<typeof stages>): Stage[] {
  if (written.length === 0) throw new Error('at least one stage has to be specified');
  return written.map(({ target, duration }, index) => {
    const place = `stage ${index + 1}`;
    if (duration === undefined) throw new Error(`${place} doesn't have a duration`);
    if (target === undefined) throw new Error(`${place} doesn't have a target`);
    if (target < 0) throw new Error(`the target for ${place} shouldn't be negative`);
    return { target, durationMs: duration };
  });
}
