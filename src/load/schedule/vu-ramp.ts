import { partOf, type Share } from './share.ts';

/** How many VUs there should be, as a pure function of time: straight lines from stage to stage, in whole VUs. */
export interface VuRamp {
  vusMax: number;
  durationMs: number;
  /** Every moment at which the number changes, ascending; the first is the start. */
  steps: { atMs: number; vus: number }[];
}

export interface VuStage {
  target: number;
  durationMs: number;
}

/**
 * As in k6, a VU begins when the line going up reaches its number and ends when the line going down reaches the number
 * below; so the count is the line rounded down on the way up, and rounded up on the way down. A stage of no length is a
 * jump.
 */
export function createVuRamp({
  startVus,
  stages,
}: {
  startVus: number;
  stages: VuStage[];
}): VuRamp {
  const steps = [{ atMs: 0, vus: startVus }];
  let [vus, endMs] = [startVus, 0];
  for (const { target, durationMs } of stages) {
    endMs += durationMs;
    if (durationMs === 0 && vus !== target) steps.push({ atMs: endMs, vus: target });
    const [direction, height] = [Math.sign(target - vus), Math.abs(target - vus)];
    for (let climbed = 1; climbed <= height && durationMs > 0; climbed += 1) {
      const leftMs = (durationMs * (height - climbed)) / height;
      steps.push({ atMs: endMs - leftMs, vus: vus + direction * climbed });
    }
    vus = target;
  }
  return {
    vusMax: Math.max(startVus, ...stages.map(({ target }) => target)),
    durationMs: endMs,
    steps,
  };
}

/** Of the VUs of a ramp, numbered from the ground, those of one worker. */
export function shareRamp({ vusMax, durationMs, steps }: VuRamp, share: Share): VuRamp {
  return {
    vusMax: partOf(vusMax, share),
    durationMs,
    steps: steps
      .map(({ atMs, vus }) => ({ atMs, vus: partOf(vus, share) }))
      .filter((step, index, all) => step.vus !== all[index - 1]?.vus),
  };
}
