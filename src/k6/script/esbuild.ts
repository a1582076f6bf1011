import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** esbuild, loaded by `require`: with `import` Node parses its 90 kB once more for names of exports, 35 ms of CPU. */
export const { build, transform } = require('esbuild') as typeof import('esbuild');
