import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** A load generator that takes part in the comparison, if it is installed. */
export interface Contestant {
  name: string;
  /** The command that loads the server, with BASE, TOKENS, SECONDS and CONNECTIONS in its environment. Undefined if it is not installed. */
  command: string[] | undefined;
  /** Additional environment of the command. */
  env: Record<string, string>;
  /** The command that installs it. */
  install: string;
  /** The least ratio of our requests per CPU-second to those of this generator. */
  ratioMin: number;
}

/**
 * Returns all load generators of the comparison. They are searched in the folder LOAD_TOOLS, into which the `install`
 * commands put them, and on PATH.
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
      ratioMin: 1.5,
    },
    {
      name: 'k6',
      command: k6
        ? [k6, 'run', '--quiet', '--no-usage-report', ...k6Env, file('reserve.ts')]
        : undefined,
      env: {},
      install: `GOBIN=${toolsFolder} go install go.k6.io/k6@v1.8.1`,
      ratioMin: 12,
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
      ratioMin: 0.65,
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
