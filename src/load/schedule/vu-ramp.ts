import { partOf, type Share } from './share.ts';

/** The planned number of VUs, as a pure function of time: it changes linearly from stage to stage, in whole VUs. */
export interface VuRamp {
  vusMax: number;
  durationMs: number;
  /** The moments at which the number changes, ascending; the first is the start. */
  steps: { atMs: number; vus: number }[];
}

export interface VuStage {
  target: number;
  durationMs: number;
}

/**
 * Makes the ramp of k6: a VU begins when the rising line reaches its number and ends when the falling line reaches the
 * number below. So the count is the line rounded down while it rises, and rounded up while it falls. A stage without
 * duration changes the count at once.
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

/** The ramp of one worker's share of the VUs; the VUs of the whole ramp are numbered from the bottom. */
export function shareRamp({ vusMax, durationMs, steps }: VuRamp, share: Share): VuRamp {
  return {
    vusMax: partOf(vusMax, share),
    durationMs,
    steps: steps
      .map(({ atMs, vus }) => ({ atMs, vus: partOf(vus, share) }))
      .filter((step, index, all) => step.vus !== all[index - 1]?.vus),
  };
}
