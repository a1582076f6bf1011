import { splitCredentials } from '../../kernel/credentials.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { OpenOutput, Output, OutputContext } from './output.ts';
import { writeRequest } from './remote-write-message.ts';
import { assertNoneLeftOut, createSeriesTable } from './series.ts';

/** Shorter than the five seconds of k6, because a flash sale takes only seconds. */
const PUSH_INTERVAL_MS = 1_000;
const PUSH_TIMEOUT_MS = 5_000;

/**
 * Pushes the totals of all series to a Prometheus that receives remote writes. The next push repeats everything that a
 * failed push contained. Only one push runs at a time, so a slow receiver gets fewer pushes instead of a queue.
 */
export const openRemoteWrite: OpenOutput = (where, context) =>
  openWrite(where, context, { name: 'prometheus-rw', isNative: false });

/** The same, with trends as native histograms, which only a Prometheus takes that was told so. */
export const openNativeRemoteWrite: OpenOutput = (where, context) =>
  openWrite(where, context, { name: 'prometheus-rw-native', isNative: true });

async function openWrite(
  where: string,
  { options, clock, labels, readSeries }: OutputContext,
  { name, isNative }: { name: string; isNative: boolean },
): Promise<Output> {
  const { url, headers, shown } = parseUrl(where, name);
  const table = createSeriesTable(options.summaryTrendStats, { isNative, labels });
  let pushing: Promise<void> | undefined;
  /** The reason why the last push failed. Then the next push contains all series, not only the changed ones. */
  let failure: unknown;

  async function push(): Promise<void> {
    const samples = table.read({ changedOnly: failure === undefined });
    const values = [...(readSeries?.() ?? []), ...samples];
    if (values.length === 0) return;
    try {
      await post(url, headers, writeRequest(values, clock.nowMs()));
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  function pushAlone(): Promise<void> {
    pushing ??= push().finally(() => {
      pushing = undefined;
    });
    return pushing;
  }
  const timer = setInterval(pushAlone, PUSH_INTERVAL_MS);

  async function flush(): Promise<void> {
    // A push that is under way may have read the series before the last samples were added.
    await pushing;
    await pushAlone();
  }

  async function closeOnce(): Promise<void> {
    clearInterval(timer);
    await flush();
    if (failure !== undefined) throw incomplete(`${name}=${shown}`, failure);
    assertNoneLeftOut(`--out ${name}=${shown}`, table);
  }

  let closed: Promise<void> | undefined;
  return {
    add: table.add,
    flush,
    close() {
      closed ??= closeOnce();
      return closed;
    },
  };
}

const incomplete = (output: string, cause: unknown): UserError =>
  UserError.environment(`--out ${output} does not have everything`, {
    why: rootMessage(cause),
    next: 'check the URL, and that the receiver takes remote writes (prometheus --web.enable-remote-write-receiver), native histograms as well if it is to get them',
    cause,
  });

/** Separates user and password from the URL: they become a header and are not part of `shown`. */
function parseUrl(
  where: string,
  name: string,
): { url: URL; headers: Record<string, string>; shown: string } {
  if (!/^https?:\/\//.test(where) || !URL.canParse(where)) {
    throw UserError.usage(`--out ${name} cannot be opened`, {
      why: 'the text after = is not a URL',
      next: `give one, such as --out ${name}=http://127.0.0.1:9090/api/v1/write`,
    });
  }
  const { url, headers } = splitCredentials(where);
  return { url, headers, shown: url.href };
}

async function post(url: URL, headers: Record<string, string>, body: Buffer): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      ...headers,
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
      'user-agent': 'flashsale-cli',
    },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(PUSH_TIMEOUT_MS),
  });
  const reason = (await answer.text()).split('\n')[0];
  if (!answer.ok) throw new Error(`it answered ${answer.status}: ${reason}`);
}
