import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { rootMessage, UserError } from '../../kernel/errors.ts';

/** The first version that runs TypeScript, which scenarios are written in. */
export const K6_OLDEST = '0.57.0';

/**
 * The version of the `k6` on the `PATH` of `env`.
 *
 * @throws UserError (environment) if there is none, it cannot be run, or it is too old
 */
export async function findK6(env: NodeJS.ProcessEnv): Promise<string> {
  const answer = await askVersion(env);
  const version = /\bv(\d+\.\d+\.\d+)/.exec(answer)?.[1];
  if (version !== undefined && !isOlder(version, K6_OLDEST)) return version;
  throw UserError.environment('this k6 cannot run scenarios', {
    why:
      version === undefined
        ? `\`k6 version\` prints no version: ${answer.trim().split('\n')[0]}`
        : `it is ${version}, and TypeScript came with ${K6_OLDEST}`,
    next: 'install a newer k6 (https://grafana.com/docs/k6/latest/set-up/install-k6/), or leave --runner out',
  });
}

async function askVersion(env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await promisify(execFile)('k6', ['version'], { env })).stdout;
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw UserError.environment('there is no k6 to run', {
      why: isAbsent ? 'k6 is not on PATH' : `k6 version: ${rootMessage(cause)}`,
      next: 'install it (https://grafana.com/docs/k6/latest/set-up/install-k6/, or tools/services install), or leave --runner out',
      cause,
    });
  }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (const [place, limit] of (b as number[]).entries()) {
    const part = (a as number[])[place] as number;
    if (part !== limit) return part < limit;
  }
  return false;
}
