import { z } from 'zod';
import type { VuRunner } from '../../vu/vu-runner.ts';
import { durationMs } from '../duration.ts';
import type { ScenarioRun } from '../scenario-run.ts';
import { createVuRamp, shareRamp, type VuRamp } from '../vu-ramp.ts';
import { defineExecutor, type ExecutorPlan } from './executor.ts';
import { checkStages, stages } from './stages.ts';

/** A number of VUs that rises and falls in straight lines from stage to stage, each taking one turn after another. */
export const rampingVus = defineExecutor({
  name: 'ramping-vus',
  fields: z.strictObject({
    startVUs: z.int().min(0, "the number of start VUs can't be negative").default(1),
    stages,
    gracefulRampDown: durationMs.default(30_000),
  }),
  plan({ startVUs, stages: written, gracefulRampDown }) {
    const targets = checkStages(written);
    const broken = targets.findIndex(({ target }) => !Number.isInteger(target));
    if (broken >= 0) throw new Error(`the target for stage ${broken + 1} should be a whole number`);
    const ramp = createVuRamp({ startVus: startVUs, stages: targets });
    if (ramp.vusMax === 0) {
      throw new Error("either startVUs or one of the stages' target values must be greater than 0");
    }
    return planRamp(ramp, gracefulRampDown);
  },
});

function planRamp(ramp: VuRamp, gracefulRampDownMs: number): ExecutorPlan {
  return {
    vusStart: ramp.vusMax,
    vusMax: ramp.vusMax,
    durationMs: ramp.durationMs,
    share: (share) => planRamp(shareRamp(ramp, share), gracefulRampDownMs),
    run: (run) => runRamp(ramp, gracefulRampDownMs, run),
  };
}

/** The place of one VU in the ramp: at work while the ramp is higher than its index. */
interface Place {
  vu: VuRunner | undefined;
  wanted: boolean;
  work: Promise<void> | undefined;
  /** Ends the iteration of a VU that was ramped down and does not come to its end. */
  graceTimer: NodeJS.Timeout | undefined;
}

async function runRamp(ramp: VuRamp, gracefulRampDownMs: number, run: ScenarioRun): Promise<void> {
  const places = run.vus
    .slice(0, ramp.vusMax)
    .map((vu): Place => ({ vu, wanted: false, work: undefined, graceTimer: undefined }));

  async function work(place: Place): Promise<void> {
    while (place.wanted && run.isOpen()) {
      place.vu ??= run.addVu();
      await run.runIteration(place.vu);
    }
    clearTimeout(place.graceTimer);
    place.work = undefined;
  }

  function start(place: Place): void {
    clearTimeout(place.graceTimer);
    place.wanted = true;
    place.work ??= work(place);
  }

  function letGo(place: Place): void {
    place.wanted = false;
    if (place.work) place.graceTimer = setTimeout(interrupt, gracefulRampDownMs, place);
  }

  /** What is left of an interrupted iteration must not wake up in the next one, so the place gets a new VU. */
  function interrupt(place: Place): void {
    place.vu?.interrupt();
    place.vu?.retire();
    place.vu = undefined;
  }

  let wanted = 0;
  for (const { atMs, vus } of ramp.steps) {
    while (!run.isStopped() && run.elapsedMs() < atMs) await run.wait(atMs - run.elapsedMs());
    if (!run.isOpen()) break;
    for (const place of places.slice(wanted, vus)) start(place);
    for (const place of places.slice(vus, Math.max(vus, wanted)).reverse()) letGo(place);
    wanted = vus;
  }
  await Promise.all(places.map((place) => place.work));
}
