import { randomBytes } from 'node:crypto';
import type { MachineReadableForm } from '../../load/metrics/machine-readable.ts';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import type { Target } from '../../target/target.ts';
import { longName, TAKEN } from '../flags/flags.ts';
import type { OptionOverrides } from '../options/overrides.ts';
import { type RecordingSettings, SETTINGS_VARIABLE } from './notes.ts';

/**
 * The arguments with which k6 runs a script that it reads from standard input.
 *
 * @param variables the script's `__ENV`
 * @param overrides options given on our command line, which win over those of the script
 * @param summaryForm the form of the summary that `handleSummary` gets; absent: k6's usual one
 */
export function argumentsFor(
  target: Target,
  variables: Record<string, string>,
  overrides: OptionOverrides,
  summaryForm?: MachineReadableForm,
): string[] {
  const settings = JSON.stringify(settingsFor(target));
  return [
    'run',
    // Standard output has one JSON object per sample, and nothing else of k6's.
    ...['--out', 'json=-', '--quiet', '--no-color', '--log-format', 'json'],
    // k6 opens no port and sends no usage report.
    ...['--address', '', '--no-usage-report', '--include-system-env-vars=false'],
    ...flagsFor(overrides),
    ...(summaryForm ? ['--new-machine-readable-summary'] : []),
    ...(summaryForm?.isFull ? ['--summary-mode', 'full'] : []),
    ...Object.entries({ ...variables, [SETTINGS_VARIABLE]: settings }).flatMap(([name, value]) => [
      '--env',
      `${name}=${value}`,
    ]),
    '-',
  ];
}

/** k6's flags for the same options. */
function flagsFor({ config, noThresholds, chosen, once, ...overrides }: OptionOverrides): string[] {
  const options = TAKEN.flatMap(({ flag, option, kind }) => {
    const value = option === undefined ? undefined : overrides[option];
    if (flag === undefined || value === undefined) return [];
    return kind.write(value).map((text) => `${longName(flag)}=${text}`);
  });
  return [
    ...options,
    ...(config ? [`--config=${config.path}`] : []),
    ...(noThresholds ? ['--no-thresholds'] : []),
    ...(chosen ? ['--scenario', chosen.join(',')] : []),
    ...(once ? ['--once'] : []),
  ];
}

/** The environment of k6. Of k6's own variables it has those that mean the same in our engine. */
export function environmentFor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('K6_') || isOption(name));
  return { ...Object.fromEntries(kept), K6_AUTO_EXTENSION_RESOLUTION: 'false' };
}

const isOption = (variable: string): boolean =>
  TAKEN.some((taken) => taken.option !== undefined && taken.variable === variable);

function settingsFor({ operations, answers }: Target): RecordingSettings {
  const parts = answerParts(operations, answers);
  return {
    endpoints: operations.map(({ method, path, callIdHeader }) => ({
      method,
      path:
        typeof path === 'string'
          ? `^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
          : path.pattern,
      ...(callIdHeader === undefined ? {} : { callIdHeader }),
    })),
    callIdPrefix: randomBytes(9).toString('hex'),
    answerHeaders: [REQUEST_ID_HEADER, ...namesOf('header', parts)],
    answerCookies: namesOf('cookie', parts),
  };
}

/** The places and conditions by which answers are read. */
const answerParts = (operations: Target['operations'], answers: Target['answers']): string[] => [
  ...operations.flatMap(({ answer, answers: own, decisions = [] }) => [
    ...Object.values(answer),
    ...[...own, ...answers, ...decisions].flatMap(({ when }) => Object.keys(when)),
  ]),
];

function namesOf(what: 'header' | 'cookie', parts: string[]): string[] {
  const names = parts
    .filter((part) => part.startsWith(`${what} `))
    .map((part) => part.split(' ')[1] as string);
  return [...new Set(what === 'header' ? names.map((name) => name.toLowerCase()) : names)];
}
