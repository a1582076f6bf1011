import { OUTPUT_FORMS } from '../../load/outputs/outputs.ts';
import type { Kind } from './kinds.ts';
import * as kind from './kinds.ts';

/** Something that k6 takes as a flag of `k6 run`, as a variable of the environment, or as both. */
interface Named {
  /** As Commander writes it: `-u, --vus <n>`. */
  flag?: string;
  variable?: string;
}

/** A flag that is heeded here. */
export interface TakenFlag extends Named {
  kind: Kind;
  about: string;
  /** The option of a script that it stands for; absent: the run itself heeds it. */
  option?: string;
}

/** A flag that is taken and changes nothing. */
export interface IdleFlag extends Named {
  flag: string;
  because: string;
}

/** A flag that is refused, because the run would not be what was asked for. */
export interface RefusedFlag extends IdleFlag {
  next: string;
  /** The values that ask for nothing else than what is done anyway. */
  except?: readonly string[];
}

/** Flags that stand over an option of the script. */
const OPTIONS: (TakenFlag & { option: string })[] = [
  {
    flag: '-u, --vus <n>',
    variable: 'K6_VUS',
    option: 'vus',
    kind: kind.wholeNumber,
    about: 'VUs, instead of what the scenario says',
  },
  {
    flag: '-i, --iterations <n>',
    variable: 'K6_ITERATIONS',
    option: 'iterations',
    kind: kind.wholeNumber,
    about: 'iterations of all VUs, instead of what the scenario says',
  },
  {
    flag: '-d, --duration <time>',
    variable: 'K6_DURATION',
    option: 'duration',
    kind: kind.plainText,
    about: 'how long, instead of what the scenario says: 30s, 5m',
  },
  {
    flag: '-s, --stage <time:vus>',
    variable: 'K6_STAGES',
    option: 'stages',
    kind: kind.stages,
    about: 'a stage, instead of what the scenario says; repeatable, or several with commas between',
  },
  {
    flag: '--tag <name=value>',
    variable: 'K6_TAGS',
    option: 'tags',
    kind: kind.tags,
    about: 'a tag that every sample gets, instead of the script’s tags; repeatable',
  },
  {
    flag: '--rps <n>',
    variable: 'K6_RPS',
    option: 'rps',
    kind: kind.wholeNumber,
    about: 'at most so many requests per second; 0 is no limit',
  },
  {
    flag: '--max-redirects <n>',
    variable: 'K6_MAX_REDIRECTS',
    option: 'maxRedirects',
    kind: kind.wholeNumber,
    about: 'follow so many redirects at most (default: 10)',
  },
  {
    flag: '--batch <n>',
    variable: 'K6_BATCH',
    option: 'batch',
    kind: kind.wholeNumber,
    about: 'requests of a batch that are in flight at once (default: 20)',
  },
  {
    flag: '--batch-per-host <n>',
    variable: 'K6_BATCH_PER_HOST',
    option: 'batchPerHost',
    kind: kind.wholeNumber,
    about: 'the same for each host (default: 6); 0 is no limit',
  },
  {
    flag: '--user-agent <text>',
    variable: 'K6_USER_AGENT',
    option: 'userAgent',
    kind: kind.plainText,
    about: 'the User-Agent of every request',
  },
  {
    flag: '-w, --throw',
    variable: 'K6_THROW',
    option: 'throw',
    kind: kind.yesOrNo,
    about: 'requests that fail throw',
  },
  {
    flag: '--insecure-skip-tls-verify',
    variable: 'K6_INSECURE_SKIP_TLS_VERIFY',
    option: 'insecureSkipTLSVerify',
    kind: kind.yesOrNo,
    about: 'accept any certificate',
  },
  {
    flag: '--discard-response-bodies',
    variable: 'K6_DISCARD_RESPONSE_BODIES',
    option: 'discardResponseBodies',
    kind: kind.yesOrNo,
    about: 'keep no bodies of answers',
  },
  {
    flag: '--no-connection-reuse',
    variable: 'K6_NO_CONNECTION_REUSE',
    option: 'noConnectionReuse',
    kind: kind.yesOrNo,
    about: 'a new connection for each request',
  },
  {
    flag: '--no-vu-connection-reuse',
    variable: 'K6_NO_VU_CONNECTION_REUSE',
    option: 'noVUConnectionReuse',
    kind: kind.yesOrNo,
    about: 'new connections for each iteration',
  },
  {
    flag: '--execution-segment <part>',
    variable: 'K6_EXECUTION_SEGMENT',
    option: 'executionSegment',
    kind: kind.plainText,
    about: 'the part of the load that this process fires, of several of one size: 1/3:2/3',
  },
  {
    flag: '--execution-segment-sequence <parts>',
    variable: 'K6_EXECUTION_SEGMENT_SEQUENCE',
    option: 'executionSegmentSequence',
    kind: kind.plainText,
    about: 'where the whole load is cut: 0,1/3,2/3,1',
  },
  {
    flag: '--min-iteration-duration <time>',
    variable: 'K6_MIN_ITERATION_DURATION',
    option: 'minIterationDuration',
    kind: kind.plainText,
    about: 'an iteration takes at least so long',
  },
  {
    flag: '--blacklist-ip <range>',
    variable: 'K6_BLACKLIST_IPS',
    option: 'blacklistIPs',
    kind: kind.list,
    about: 'addresses that no request goes to: 10.0.0.0/8; repeatable',
  },
  {
    flag: '--block-hostnames <pattern>',
    variable: 'K6_BLOCK_HOSTNAMES',
    option: 'blockHostnames',
    kind: kind.list,
    about: 'hosts that no request goes to: *.example.com; repeatable',
  },
  {
    flag: '--dns <fields>',
    variable: 'K6_DNS',
    option: 'dns',
    kind: kind.dns,
    about: 'how names are looked up: ttl=5m,select=random,policy=preferIPv4',
  },
  {
    flag: '--no-setup',
    variable: 'K6_NO_SETUP',
    option: 'noSetup',
    kind: kind.yesOrNo,
    about: 'leave the script’s setup() out',
  },
  {
    flag: '--no-teardown',
    variable: 'K6_NO_TEARDOWN',
    option: 'noTeardown',
    kind: kind.yesOrNo,
    about: 'leave the script’s teardown() out',
  },
  {
    flag: '--summary-trend-stats <list>',
    variable: 'K6_SUMMARY_TREND_STATS',
    option: 'summaryTrendStats',
    kind: kind.list,
    about: 'the figures of each trend in the summary: avg,med,p(99)',
  },
  {
    flag: '--summary-time-unit <unit>',
    variable: 'K6_SUMMARY_TIME_UNIT',
    option: 'summaryTimeUnit',
    kind: kind.oneOf('s', 'ms', 'us'),
    about: 'the unit that handleSummary sees: s, ms or us',
  },
  {
    flag: '--system-tags <list>',
    variable: 'K6_SYSTEM_TAGS',
    option: 'systemTags',
    kind: kind.list,
    about: 'the tags of the engine that outputs are told: url,status',
  },
  {
    flag: '--http-debug <what>',
    variable: 'K6_HTTP_DEBUG',
    option: 'httpDebug',
    kind: kind.httpDebug,
    about: 'print every request and answer, with =full their bodies as well',
  },
  { variable: 'K6_NO_COOKIES_RESET', option: 'noCookiesReset', kind: kind.yesOrNo, about: '' },
  { variable: 'K6_SETUP_TIMEOUT', option: 'setupTimeout', kind: kind.plainText, about: '' },
  { variable: 'K6_TEARDOWN_TIMEOUT', option: 'teardownTimeout', kind: kind.plainText, about: '' },
];

/** Flags that the run itself heeds. */
const RUN: TakenFlag[] = [
  {
    flag: '-e, --env <name=value>',
    kind: kind.variables,
    about: 'a variable in the scenario’s __ENV; repeatable',
  },
  {
    flag: '--include-system-env-vars',
    variable: 'K6_INCLUDE_SYSTEM_ENV_VARS',
    kind: kind.yesOrNo,
    about: 'with =false, __ENV has only the variables of -e',
  },
  {
    flag: '-c, --config <file>',
    variable: 'K6_CONFIG',
    kind: kind.plainText,
    about: 'a JSON file of options that stand below those of the script',
  },
  {
    flag: '-o, --out <output>',
    variable: 'K6_OUT',
    kind: kind.each,
    about: `send every sample to ${OUTPUT_FORMS}; repeatable`,
  },
  {
    flag: '--scenario <names>',
    kind: kind.list,
    about: 'run the scenarios of these names alone: api,ui',
  },
  {
    flag: '--once',
    kind: kind.yesOrNo,
    about: 'run the scenario with one VU and one iteration',
  },
  {
    flag: '--no-thresholds',
    variable: 'K6_NO_THRESHOLDS',
    kind: kind.yesOrNo,
    about: 'judge no thresholds',
  },
  {
    flag: '--summary-export <file>',
    variable: 'K6_SUMMARY_EXPORT',
    kind: kind.plainText,
    about: 'write the end-of-test summary as k6 exports it',
  },
  {
    flag: '--new-machine-readable-summary',
    variable: 'K6_NEW_MACHINE_READABLE_SUMMARY',
    kind: kind.yesOrNo,
    about: 'export k6’s newer summary, and give it to handleSummary()',
  },
  {
    flag: '--summary-mode <mode>',
    variable: 'K6_SUMMARY_MODE',
    kind: kind.oneOf('compact', 'full', 'disabled'),
    about: 'disabled: print the conclusion only, and leave the script’s handleSummary() out',
  },
  {
    flag: '--no-summary',
    variable: 'K6_NO_SUMMARY',
    kind: kind.yesOrNo,
    about: 'the same as --summary-mode disabled',
  },
  {
    flag: '--console-output <file>',
    variable: 'K6_CONSOLE_OUTPUT',
    kind: kind.plainText,
    about: 'write the script’s console and the engine’s warnings into this file',
  },
  {
    flag: '--log-output <where>',
    variable: 'K6_LOG_OUTPUT',
    kind: kind.plainText,
    about: 'where these lines go: stderr, none or file=FILE',
  },
];

export const TAKEN: readonly TakenFlag[] = [...OPTIONS, ...RUN];

export const IDLE: readonly IdleFlag[] = [
  {
    flag: '-a, --address <address>',
    variable: 'K6_ADDRESS',
    because: 'a run opens no REST API',
  },
  {
    flag: '--no-usage-report',
    variable: 'K6_NO_USAGE_REPORT',
    because: 'usage is never reported',
  },
  {
    flag: '--profiling-enabled',
    variable: 'K6_PROFILING_ENABLED',
    because: 'there is no REST API to ask for a profile',
  },
  {
    flag: '--log-format <format>',
    variable: 'K6_LOG_FORMAT',
    because: 'lines of the log are plain text',
  },
  {
    flag: '--compatibility-mode <mode>',
    variable: 'K6_COMPATIBILITY_MODE',
    because: 'scripts run on Node, which knows the whole language',
  },
];

export const REFUSED: readonly RefusedFlag[] = [
  {
    flag: '-p, --paused',
    variable: 'K6_PAUSED',
    because: 'a run cannot begin paused, for there is no REST API to resume it',
    next: 'leave it out',
  },
  {
    flag: '-l, --linger',
    variable: 'K6_LINGER',
    because: 'nothing is left to be asked once a run has ended',
    next: 'leave it out; --out prometheus=PORT can be scraped until then',
  },
  {
    flag: '-t, --type <type>',
    variable: 'K6_TYPE',
    except: ['js'],
    because: 'archives of k6 are not read here',
    next: 'unpack it (tar xf FILE), and run the script in it',
  },
  {
    flag: '--local-ips <ranges>',
    variable: 'K6_LOCAL_IPS',
    because: 'requests leave from the address that the system chooses',
    next: 'leave it out, or run the script with k6 itself',
  },
  {
    flag: '--traces-output <where>',
    variable: 'K6_TRACES_OUTPUT',
    except: ['none'],
    because: 'traces go to a collector over HTTP only',
    next: 'leave it out, and give --traces http://HOST:4318',
  },
  {
    flag: '--secret-source <source>',
    variable: 'K6_SECRET_SOURCE',
    because: 'there is no k6/secrets here',
    next: 'give the script its secrets as variables: -e NAME=VALUE',
  },
];

/** A flag that can be typed, whatever it does. */
export type K6Flag = (TakenFlag & { flag: string }) | IdleFlag | RefusedFlag;

/** All flags that can be typed. */
export const FLAGS: readonly K6Flag[] = [
  ...TAKEN.filter((taken): taken is TakenFlag & { flag: string } => taken.flag !== undefined),
  ...IDLE,
  ...REFUSED,
];

/** The name of a flag as it is typed: `--vus`. */
export const longName = (flag: string): string => /--[\w-]+/.exec(flag)?.[0] as string;

/** The name under which Commander has the value of a flag: `maxRedirects`. */
export const keyOf = (flag: string): string =>
  longName(flag)
    .slice(2)
    .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
