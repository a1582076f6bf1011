import type { WorkerOptions } from 'node:worker_threads';

/** The options of a thread that runs a load. */
export const LOAD_THREAD: Pick<WorkerOptions, 'execArgv' | 'resourceLimits'> = {
  // Node would end the whole process when it finds that JavaScript was dropped in the middle of a callback.
  execArgv: ['--no-force-async-hooks-checks'],
  // Semi-spaces of 32 MiB: twice those of Node 20, so that requests on their way are copied half as often; half those of Node 24,
  // so that many threads fit into a machine.
  resourceLimits: { maxYoungGenerationSizeMb: 96 },
};
