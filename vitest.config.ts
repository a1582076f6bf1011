import { defineConfig } from 'vitest/config';

const common = {
  // Tests of concurrency open hundreds of real connections, and the processes they start share two cores.
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** Folders of many small tests that import the same modules and leave nothing in them. */
const LIGHT = 'src/{checkers,kernel,metrics,report,run,target}/**/*.test.ts';

export default defineConfig({
  test: {
    globalSetup: ['test/postgres.global.ts', 'test/redis.global.ts', 'test/kafka.global.ts'],
    maxWorkers: 2,
    projects: [
      // A process loads the modules once for all files, not once for each.
      { test: { ...common, name: 'light', include: [LIGHT], isolate: false } },
      {
        test: {
          ...common,
          name: 'whole',
          include: ['{cli,server,src,test,tools}/**/*.test.{ts,tsx}'],
          exclude: [LIGHT],
        },
      },
    ],
  },
});
