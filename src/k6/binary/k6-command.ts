import { randomBytes } from 'node:crypto';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import type { Target } from '../../target/target.ts';
import type { OptionOverrides } from '../options/overrides.ts';
import { type RecordingSettings, SETTINGS_VARIABLE } from './notes.ts';

/**
 * The arguments with which k6 runs a script that it reads from standard input.
 *
 * @param variables the script's `__ENV`
 * @param overrides options given on our command line, which win over those of the script
 */
export function argumentsFor(
  target: Target,
  variables: Record<string, string>,
  overrides: OptionOverrides,
): string[] {
  const settings = JSON.stringify(settingsFor(target));
  return [
    'run',
    // Standard output has one JSON object per sample, and nothing else of k6's.
    ...['--out', 'json=-', '--quiet', '--no-color', '--log-format', 'json'],
    // k6 opens no port and sends no usage report.
    ...['--address', '', '--no-usage-report', '--include-system-env-vars=false'],
    ...flagsFor(overrides),
    ...Object.entries({ ...variables, [SETTINGS_VARIABLE]: settings }).flatMap(([name, value]) => [
      '--env',
      `${name}=${value}`,
    ]),
    '-',
  ];
}

/** k6's flags for the same options. */
function flagsFor({ vus, iterations, duration, stages, httpDebug }: OptionOverrides): string[] {
  return [
    ...Object.entries({ vus, iterations, duration, 'http-debug': httpDebug }).flatMap(
      ([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]),
    ),
    ...(stages ?? []).map((stage) => `--stage=${stage.duration}:${stage.target}`),
  ];
}

/** The environment of k6, without k6's own variables: they would change options of the run. */
export function environmentFor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('K6_'));
  return { ...Object.fromEntries(kept), K6_AUTO_EXTENSION_RESOLUTION: 'false' };
}

function settingsFor({ operations, callIdHeader }: Target): RecordingSettings {
  return {
    endpoints: operations.map(({ method, path }) => [method, patternOf(path)]),
    ...(callIdHeader === undefined ? {} : { callIdHeader }),
    callIdPrefix: randomBytes(9).toString('hex'),
    requestIdHeader: REQUEST_ID_HEADER.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  };
}

/** A regular expression for a path like `/orders/:id`, in which `:id` stands for any segment. */
function patternOf(path: string): string {
  const segments = path
    .split('/')
    .map((segment) =>
      segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    );
  return `^${segments.join('/')}$`;
}
