import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** A load generator, found on this machine or not. */
export interface Contestant {
  name: string;
  /** The command that loads the server; it reads BASE, TOKENS, SECONDS and CONNECTIONS of its environment. */
  command: string[] | undefined;
  /** Further environment of the command. */
  env: Record<string, string>;
  /** How to get it. */
  install: string;
  /** The least that our requests per CPU-second are to be, over this one's. */
  ratioMin: number;
}

/**
 * Everybody who takes part. Tools are looked for in the folder LOAD_TOOLS (`npm install --prefix` and `GOBIN` of the
 * instructions put them there) and on PATH.
 */
export function findContestants(toolsFolder: string, env: Contestant['env']): Contestant[] {
  const file = (name: string): string => resolve('bench/load', name);
  const k6 = findProgram('k6', toolsFolder);
  const artillery = findProgram('artillery', toolsFolder);
  const wrk = findProgram('wrk', toolsFolder);
  const autocannon = join(toolsFolder, 'node_modules/autocannon');
  const [seconds = '', connections = ''] = [env.SECONDS, env.CONNECTIONS];
  const k6Env = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  return [
    {
      name: 'autocannon',
      command: existsSync(autocannon) ? [process.execPath, file('autocannon.cjs')] : undefined,
      env: { AUTOCANNON: autocannon },
      install: `npm install --prefix ${toolsFolder} autocannon@8`,
      ratioMin: 1.2,
    },
    {
      name: 'k6',
      command: k6
        ? [k6, 'run', '--quiet', '--no-usage-report', ...k6Env, file('reserve.ts')]
        : undefined,
      env: {},
      install: `GOBIN=${toolsFolder} go install go.k6.io/k6@v1.8.1`,
      ratioMin: 5,
    },
    {
      name: 'Artillery',
      command: artillery ? [artillery, 'run', '--quiet', file('artillery.yml')] : undefined,
      env: { ARTILLERY_DISABLE_TELEMETRY: 'true' },
      install: `npm install --ignore-scripts --prefix ${toolsFolder} artillery@2`,
      ratioMin: 20,
    },
    {
      name: 'wrk',
      command: wrk
        ? [
            wrk,
            ...['-t', '1', '-c', connections, '-d', `${seconds}s`, '-s', file('wrk.lua')],
            env.BASE as string,
          ]
        : undefined,
      env: {},
      install: 'apt-get install wrk',
      ratioMin: 0.25,
    },
  ];
}

function findProgram(name: string, toolsFolder: string): string | undefined {
  const folders = [
    toolsFolder,
    join(toolsFolder, 'node_modules/.bin'),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** `taskset` for one core, so that server and generator do not share one; nothing where it does not exist. */
export function onCore(core: number): string[] {
  const there = spawnSync('taskset', ['--version']).status === 0;
  return there ? ['taskset', '-c', String(core)] : [];
}
