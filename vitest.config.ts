import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{cli,server,src,test,tools}/**/*.test.{ts,tsx}'],
    globalSetup: ['test/postgres.global.ts', 'test/redis.global.ts', 'test/kafka.global.ts'],
    // Tests of concurrency open hundreds of real connections, and the processes they start share two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
