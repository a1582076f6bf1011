import * as z from 'zod';
import { count } from '../../../kernel/wording.ts';
import { durationMs } from '../duration.ts';
import { TOO_MANY_VUS, VUS_MAX } from '../limits.ts';
import { createVuRamp, shareRamp, type VuRamp } from '../vu-ramp.ts';
import { wholeNumber } from '../whole-number.ts';
import {
  defineExecutor,
  type ExecutorPlan,
  type ExecutorVu,
  type ScenarioRun,
} from './executor.ts';
import { checkStages, stages } from './stages.ts';

/** A number of VUs that changes linearly from stage to stage; each VU runs one iteration after another. */
export const rampingVus = defineExecutor({
  name: 'ramping-vus',
  fields: z.strictObject({
    startVUs: wholeNumber((vus) =>
      vus.min(0, "the number of start VUs can't be negative").max(VUS_MAX, TOO_MANY_VUS),
    ).default(1),
    stages,
    gracefulRampDown: durationMs.default(30_000),
  }),
  plan({ startVUs, stages: written, gracefulRampDown }) {
    const targets = checkStages(written);
    const broken = targets.findIndex(({ target }) => target > VUS_MAX);
    if (broken >= 0) throw new Error(`the target for stage ${broken + 1}: ${TOO_MANY_VUS}`);
    const ramp = createVuRamp({ startVus: startVUs, stages: targets });
    if (ramp.vusMax === 0) {
      throw new Error("either startVUs or one of the stages' target values must be greater than 0");
    }
    const stages = targets.map(({ target, durationMs }) => ({
      aim: `to ${count(target, 'VU')}`,
      durationMs,
    }));
    return { ...planRamp(ramp, gracefulRampDown), stages };
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

/** One position of the ramp. Its VU runs iterations while the number of VUs wanted is above the position's index. */
interface Position {
  /** Undefined after its VU was interrupted, until the position is wanted again. */
  vu: ExecutorVu | undefined;
  wanted: boolean;
  /** Resolves when the last iteration of the position has ended; undefined while none runs. */
  work: Promise<void> | undefined;
  /** Interrupts the iteration that still runs gracefulRampDown after its VU was ramped down. */
  graceTimer: NodeJS.Timeout | undefined;
}

async function runRamp(ramp: VuRamp, gracefulRampDownMs: number, run: ScenarioRun): Promise<void> {
  const positions = run.vus
    .slice(0, ramp.vusMax)
    .map((vu): Position => ({ vu, wanted: false, work: undefined, graceTimer: undefined }));

  async function work(position: Position): Promise<void> {
    while (position.wanted && run.isOpen()) {
      position.vu ??= run.addVu();
      await position.vu.runIteration();
    }
    clearTimeout(position.graceTimer);
    position.work = undefined;
  }

  function rampUp(position: Position): void {
    clearTimeout(position.graceTimer);
    position.wanted = true;
    position.work ??= work(position);
  }

  function rampDown(position: Position): void {
    position.wanted = false;
    if (position.work) position.graceTimer = setTimeout(interrupt, gracefulRampDownMs, position);
  }

  /** Code left over from an interrupted iteration must not act in a later one, so the position gets a new VU. */
  function interrupt(position: Position): void {
    position.vu?.discard();
    position.vu = undefined;
  }

  let wanted = 0;
  for (const { atMs, vus } of ramp.steps) {
    while (!run.isStopped() && run.elapsedMs() < atMs) await run.wait(atMs - run.elapsedMs());
    if (!run.isOpen()) break;
    for (const position of positions.slice(wanted, vus)) rampUp(position);
    for (const position of positions.slice(vus, Math.max(vus, wanted)).reverse()) {
      rampDown(position);
    }
    wanted = vus;
  }
  await Promise.all(positions.map((position) => position.work));
}
