import type { WorkerOptions } from 'node:worker_threads';

/** The options of a thread that runs a load. */
export const LOAD_THREAD: Pick<WorkerOptions, 'execArgv' | 'resourceLimits'> = {
  // Node would end the whole process when it finds that JavaScript was dropped in the middle of a callback.
  execArgv: ['--no-force-async-hooks-checks'],
  // Twice of what is usual, for semi-spaces of 32 MiB: requests on their way are copied half as often.
  resourceLimits: { maxYoungGenerationSizeMb: 96 },
};
