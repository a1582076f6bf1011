import * as z from 'zod';
import { durationMs } from '../duration.ts';
import { leavingOthers } from '../options-object.ts';
import { wholeNumber } from '../whole-number.ts';

/** k6's list of stages: each has a target and the duration until the target is reached. */
export const stages = z.array(
  leavingOthers(
    z.strictObject({ target: wholeNumber().optional(), duration: durationMs.optional() }),
  ),
);

export interface Stage {
  target: number;
  durationMs: number;
}

/** Checks stages like k6; throws with the words of k6. */
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
