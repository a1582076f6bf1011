import { UserError } from '../../kernel/errors.ts';
import type { OptionOverrides } from './overrides.ts';

type Read = (text: string) => unknown;

const asText = (text: string): string => text;
const asList = (text: string): string[] => text.split(',').map((part) => part.trim());

/** Go's words for yes and no, which k6 reads. */
const asBoolean: Read = (text) => {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new Error(`"${text}" is neither true nor false`);
};

/** `30s:10,1m:20` */
const asStages: Read = (text) =>
  asList(text).map((stage) => {
    const [, duration, target] = /^([^:]+):(\d+)$/.exec(stage) ?? [];
    if (target === undefined) throw new Error(`"${stage}" is no stage like 30s:100`);
    return { duration, target: Number(target) };
  });

/** k6's variables that stand for an option of a script, and how their texts are read. */
const VARIABLES: Record<string, { option: string; read: Read }> = {
  K6_VUS: { option: 'vus', read: asText },
  K6_ITERATIONS: { option: 'iterations', read: asText },
  K6_DURATION: { option: 'duration', read: asText },
  K6_STAGES: { option: 'stages', read: asStages },
  K6_BATCH: { option: 'batch', read: asText },
  K6_BATCH_PER_HOST: { option: 'batchPerHost', read: asText },
  K6_BLACKLIST_IPS: { option: 'blacklistIPs', read: asList },
  K6_BLOCK_HOSTNAMES: { option: 'blockHostnames', read: asList },
  K6_DISCARD_RESPONSE_BODIES: { option: 'discardResponseBodies', read: asBoolean },
  K6_HTTP_DEBUG: { option: 'httpDebug', read: asText },
  K6_INSECURE_SKIP_TLS_VERIFY: { option: 'insecureSkipTLSVerify', read: asBoolean },
  K6_MAX_REDIRECTS: { option: 'maxRedirects', read: asText },
  K6_MIN_ITERATION_DURATION: { option: 'minIterationDuration', read: asText },
  K6_NO_CONNECTION_REUSE: { option: 'noConnectionReuse', read: asBoolean },
  K6_NO_COOKIES_RESET: { option: 'noCookiesReset', read: asBoolean },
  K6_NO_SETUP: { option: 'noSetup', read: asBoolean },
  K6_NO_TEARDOWN: { option: 'noTeardown', read: asBoolean },
  K6_NO_VU_CONNECTION_REUSE: { option: 'noVUConnectionReuse', read: asBoolean },
  K6_RPS: { option: 'rps', read: asText },
  K6_SETUP_TIMEOUT: { option: 'setupTimeout', read: asText },
  K6_SUMMARY_TREND_STATS: { option: 'summaryTrendStats', read: asList },
  K6_SYSTEM_TAGS: { option: 'systemTags', read: asList },
  K6_TEARDOWN_TIMEOUT: { option: 'teardownTimeout', read: asText },
  K6_THROW: { option: 'throw', read: asBoolean },
  K6_USER_AGENT: { option: 'userAgent', read: asText },
};

/** True for k6's variables that mean the same here. */
export const isOptionVariable = (name: string): boolean => Object.hasOwn(VARIABLES, name);

/**
 * The options in k6's variables of an environment, which win over those of the script, and the names of k6's variables
 * that mean nothing here. As in k6, an empty variable is none.
 *
 * @throws UserError (usage) for a text that is no value of its option
 */
export function optionsOfEnvironment(env: Record<string, string | undefined>): {
  overrides: OptionOverrides;
  unheeded: string[];
} {
  const overrides: Record<string, unknown> = {};
  const unheeded: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('K6_') || text === undefined || text === '') continue;
    const known = isOptionVariable(name) ? VARIABLES[name] : undefined;
    if (known === undefined) unheeded.push(name);
    else overrides[known.option] = readVariable(name, text, known.read);
  }
  return { overrides, unheeded };
}

function readVariable(name: string, text: string, read: Read): unknown {
  try {
    return read(text);
  } catch (cause) {
    throw UserError.usage(`the variable ${name} is wrong`, {
      why: (cause as Error).message,
      next: 'mend it, or unset it',
      cause,
    });
  }
}
