import { spawn } from 'node:child_process';
import { describe } from 'vitest';
import { writeFiles } from '../src/load/testing/files.ts';
import { canTestWith } from './services.ts';

/** A block of tests that run the k6 on PATH; skipped without k6. */
export function describeWithK6(name: string, tests: () => void): void {
  if (canTestWith('k6')) describe(name, tests);
  else describe.skip(`${name} (skipped: needs k6, see CONTRIBUTING.md)`, tests);
}

/**
 * Runs a script with the k6 on PATH to its end; for tests in `describeWithK6`.
 *
 * @returns the summary of k6, and the lines of its log; lines of the script's `console` are unchanged
 */
export async function runInK6(
  source: string,
  options: { files?: Record<string, string>; env?: Record<string, string>; args?: string[] } = {},
): Promise<{ stdout: string; log: string[] }> {
  const { files = {}, env = {}, args = [] } = options;
  const folder = writeFiles({ 'script.js': source, ...files });
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const k6 = spawn(
    'k6',
    ['run', '--quiet', '--log-format', 'raw', ...variables, ...args, 'script.js'],
    { cwd: folder.path('.'), env: { ...process.env, K6_NO_USAGE_REPORT: 'true' } },
  );
  const [stdout, stderr] = await Promise.all([k6.stdout.toArray(), k6.stderr.toArray()]);
  folder.remove();
  const log = Buffer.concat(stderr).toString().split('\n');
  return { stdout: Buffer.concat(stdout).toString(), log: log.filter((line) => line !== '') };
}
