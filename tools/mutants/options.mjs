import { fileURLToPath } from 'node:url';

/** StrykerJS's options, common to all parts of the judge. https://stryker-mutator.io/docs/stryker-js/configuration */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'tools/mutants/vitest.config.ts' },
  plugins: [
    '@stryker-mutator/vitest-runner',
    fileURLToPath(new URL('./sentences.mjs', import.meta.url)),
  ],
  ignorers: ['sentences'],
  // The copy of the project in which the mutants live needs no more than this.
  ignorePatterns: [
    '**',
    '!{src,test,scenarios,tools/mutants}/**',
    '!docs/*.md',
    '!{package,tsconfig}.json',
  ],
  tempDirName: '.mutants',
  disableTypeChecks: false,
  concurrency: 2,
  timeoutMS: 5_000,
  reporters: ['progress-append-only'],
  warnings: false,
  allowConsoleColors: false,
};
