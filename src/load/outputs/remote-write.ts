import { splitCredentials } from '../../kernel/credentials.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { OpenOutput } from './output.ts';
import { writeRequest } from './remote-write-message.ts';
import { createSeriesTable } from './series.ts';
import { tooManySeries } from './too-many-series.ts';

/** Flash sales are over in seconds, so this is shorter than k6's five. */
const PUSH_INTERVAL_MS = 1_000;
const PUSH_TIMEOUT_MS = 5_000;

/**
 * Pushes where the series stand to a Prometheus that receives remote writes. The numbers are totals since the start, so
 * a push that fails loses nothing that the next one does not bring; one is under way at a time, however slow the receiver.
 */
export const openRemoteWrite: OpenOutput = async (where, { options, clock }) => {
  const { url, headers, shown } = parseUrl(where);
  const table = createSeriesTable(options.summaryTrendStats);
  let pushing: Promise<void> | undefined;
  /** Set by a push that did not arrive: the next one has to bring everything. */
  let failure: unknown;

  async function push(): Promise<void> {
    const values = table.read({ changedOnly: failure === undefined });
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
    // What is on its way may have been read before the last samples came.
    await pushing;
    await pushAlone();
  }

  async function closeOnce(): Promise<void> {
    clearInterval(timer);
    await flush();
    if (failure !== undefined) {
      throw UserError.environment(`--out prometheus-rw=${shown} does not have everything`, {
        why: rootMessage(failure),
        next: 'check the URL, and that the receiver takes remote writes (prometheus --web.enable-remote-write-receiver)',
        cause: failure,
      });
    }
    tooManySeries(`--out prometheus-rw=${shown}`, table);
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
};

/** User and password become a header, and are not shown. */
function parseUrl(where: string): { url: URL; headers: Record<string, string>; shown: string } {
  if (!/^https?:\/\//.test(where) || !URL.canParse(where)) {
    throw UserError.usage('--out prometheus-rw cannot be opened', {
      why: 'what follows = is not a URL',
      next: 'give one, such as --out prometheus-rw=http://127.0.0.1:9090/api/v1/write',
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
  const said = (await answer.text()).split('\n')[0];
  if (!answer.ok) throw new Error(`it answered ${answer.status}: ${said}`);
}
