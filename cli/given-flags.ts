import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readGiven } from '../src/k6/flags/given.ts';
import type { OptionOverrides } from '../src/k6/options/overrides.ts';
import { rootMessage, UserError } from '../src/kernel/errors.ts';
import type { CliContext } from './context.ts';
import { openScriptLog, type ScriptLog } from './script-log.ts';

/** The meaning of k6's flags and variables for a run. */
export interface GivenFlags {
  overrides: OptionOverrides;
  /** The variables of `-e`. */
  env: Record<string, string>;
  includesSystemEnv: boolean;
  outputs: string[];
  summaryExport: string | undefined;
  machineReadable: 'compact' | 'full' | undefined;
  leavesSummaryOut: boolean;
  /** Where the lines of the script go; absent: to standard error. */
  log: ScriptLog | undefined;
}

/** Reads k6's flags and variables, and says which of them mean nothing here. */
export async function readK6Flags(
  flags: object,
  { env, cwd, stderr }: CliContext,
): Promise<GivenFlags> {
  const { overrides, own, notes } = readGiven(flags as Record<string, unknown>, env);
  for (const note of notes) stderr.write(`note: ${note}\n`);
  const config = own.config === undefined ? undefined : await readConfig(cwd, own.config as string);
  const { out = config?.outputs ?? [], consoleOutput, logOutput } = own;
  const leavesSummaryOut = own.noSummary === true || own.summaryMode === 'disabled';
  return {
    overrides: {
      ...overrides,
      ...(config && { config }),
      ...(own.noThresholds === true && { noThresholds: true }),
      ...(own.scenario !== undefined && { chosen: own.scenario as string[] }),
      ...(own.once === true && { once: true }),
    },
    env: (own.env ?? {}) as Record<string, string>,
    includesSystemEnv: own.includeSystemEnvVars !== false,
    outputs: out as string[],
    // As in k6, a summary that is left out is not exported either.
    summaryExport: leavesSummaryOut ? undefined : (own.summaryExport as string | undefined),
    machineReadable: own.newMachineReadableSummary === true ? modeOf(own) : undefined,
    leavesSummaryOut,
    log: openScriptLog({ consoleOutput, logOutput } as Record<string, string | undefined>, cwd),
  };
}

const modeOf = ({ summaryMode }: Record<string, unknown>): 'compact' | 'full' =>
  summaryMode === 'full' ? 'full' : 'compact';

/** The fields of k6's config file that are no options of a script. */
const NO_OPTIONS = ['out', 'collectors', 'linger', 'noUsageReport', 'webDashboard', 'cloud'];

/** @throws UserError (usage) for a file that is no JSON object */
async function readConfig(
  cwd: string,
  file: string,
): Promise<NonNullable<OptionOverrides['config']> & { outputs: string[] | undefined }> {
  const path = resolve(cwd, file);
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof read !== 'object' || read === null || Array.isArray(read)) {
      throw new Error('it is no JSON object');
    }
    const { out } = read as { out?: unknown };
    const options = Object.fromEntries(
      Object.entries(read).filter(([name]) => !NO_OPTIONS.includes(name)),
    );
    return { path, options, outputs: out === undefined ? undefined : [out].flat().map(String) };
  } catch (cause) {
    throw UserError.usage(`--config ${file} cannot be read`, {
      why: rootMessage(cause),
      next: 'give a JSON file with the options of a script, as k6 takes it',
      cause,
    });
  }
}
