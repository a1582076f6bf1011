// Bundles the programs in `dist`, so that starting one reads a few files instead of hundreds: half of the CPU time of a
// small run was Node's search for modules. The compiled modules beside them stay for those who import them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'acorn';
import { build } from 'esbuild';

const PROGRAMS = [
  'cli/main.ts',
  'cli/run-thread/thread-main.ts',
  'server/main.ts',
  'server/payment-provider/main.ts',
  'server/mail-server/main.ts',
  'src/k6/workers/load-worker.ts',
  'src/k6/blocking/vu-main.ts',
  'src/stack/processes/program-keeper.ts',
];

/** Dependencies that programs load when they start or run. Others stay outside: Node loads them from node_modules. */
const BUNDLED = [
  'acorn',
  'cli-truncate',
  'cockatiel',
  'commander',
  'cors',
  'express',
  'helmet',
  'ioredis',
  'jsonwebtoken',
  'kafkajs',
  'lru-cache',
  'magic-string',
  'node-pg-migrate',
  'pg',
  'pg-query-stream',
  'pino',
  'prom-client',
  'rate-limiter-flexible',
  'string-width',
  'undici',
  'wrap-ansi',
  'zod',
];

/** Packages that bundled ones load only if somebody installed them. */
const OPTIONAL = ['pg-native'];

/** CommonJS packages call `require`, which a module does not have. No module of ours may use these two names. */
const REQUIRE = `import { createRequire as bannerCreateRequire } from 'node:module'; const require = bannerCreateRequire(import.meta.url);`;

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const inputs = [];
// One build for each program: in a common one, a program would read a file for each set of modules that others share.
for (const program of PROGRAMS) {
  const { metafile } = await build({
    entryPoints: [program],
    bundle: true,
    banner: { js: REQUIRE },
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outdir: 'dist',
    outbase: '.',
    chunkNames: 'chunks/[name]-[hash]',
    external: [...OPTIONAL, ...Object.keys(dependencies).filter((name) => !BUNDLED.includes(name))],
    allowOverwrite: true,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  inputs.push(...Object.keys(metafile.inputs));
  Object.keys(metafile.outputs)
    .filter((output) => output.endsWith('.js'))
    .forEach(assertModule);
}
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licensesOf(inputs));

/** esbuild does not look into the banner, so a name that a module shares with it would be seen only by who starts it. */
function assertModule(output) {
  try {
    parse(readFileSync(output, 'utf8'), { ecmaVersion: 'latest', sourceType: 'module' });
  } catch (cause) {
    throw new Error(`${output} is no valid module`, { cause });
  }
}

/** The licences of the packages that the bundle contains, which their terms ask to be passed on. */
function licensesOf(inputs) {
  const folders = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text =
        file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : license;
      return `${name} ${version}\n\n${text.trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
