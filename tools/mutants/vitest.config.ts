import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The folders whose tests must notice a mutant, set by main.mjs: tests far away do not say where the fault is, and all of
// them together would take seconds for each mutant. The proofs on whole sales take longer still.
const { MUTANTS_TESTS: folders = '.' } = process.env;
const WHOLE_SALES =
  '**/{correct-sales,damaged-evidence,foreign-sales,planted-bugs,million}.test.ts';

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^.*\/judge\/planted-bugs\.ts$/,
        replacement: fileURLToPath(new URL('./no-planted-bugs.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: [`src/checkers/${folders}/**/*.test.ts`],
    exclude: [WHOLE_SALES, ...(folders === '.' ? ['**/{reading,checks}/**'] : [])],
    setupFiles: ['tools/mutants/same-seed.ts'],
  },
});
