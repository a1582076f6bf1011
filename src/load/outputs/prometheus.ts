import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { OpenOutput } from './output.ts';
import { assertNoneLeftOut, createSeriesTable } from './series.ts';
import type { SeriesValue } from './series-value.ts';

/** Serves the samples on the loopback interface, for a Prometheus to scrape until the run has ended. */
export const openPrometheus: OpenOutput = async (
  where,
  { options, labels, readSeries = () => [] },
) => {
  const port = parsePort(where);
  const table = createSeriesTable(options.summaryTrendStats, { labels });
  const readers = createReaders();
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      .end(exposition([...readSeries(), ...table.read()]), readers.noteRead);
  });
  await listen(server, port);

  async function closeOnce(): Promise<void> {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    assertNoneLeftOut(`--out prometheus=${port}`, table);
  }
  let closed: Promise<void> | undefined;
  return {
    add: table.add,
    beRead: readers.readOnceMore,
    close() {
      readers.giveUp();
      closed ??= closeOnce();
      return closed;
    },
  };
};

/** A Prometheus that does not come within this time is not waited for. */
const READ_WITHIN_MS_MAX = 20_000;

/** Notes when a page is read, so that its last state can be left there until it was. */
function createReaders() {
  let readAtMs: number | undefined;
  let betweenMs: number | undefined;
  let go: () => void = () => {};
  return {
    noteRead() {
      const nowMs = performance.now();
      betweenMs = readAtMs === undefined ? undefined : nowMs - readAtMs;
      readAtMs = nowMs;
      go();
    },
    /** Resolves at the next read; at once if nobody has read twice, and if the next is overdue. */
    async readOnceMore(): Promise<void> {
      if (betweenMs === undefined) return;
      const read = new Promise<void>((resolve) => {
        go = resolve;
      });
      const overdue = setTimeout(go, Math.min(READ_WITHIN_MS_MAX, 2 * betweenMs));
      await read;
      clearTimeout(overdue);
    },
    giveUp: () => go(),
  };
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw UserError.usage(`--out prometheus=${text} cannot be opened`, {
    why: `"${text}" is not a port from 1 to 65535`,
    next: 'give one, such as --out prometheus=5656, and let Prometheus scrape /metrics there',
  });
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw UserError.environment(`--out prometheus=${port} cannot be opened`, {
      why: rootMessage(cause),
      next: 'give another port',
      cause,
    });
  }
}

/** Formats series in Prometheus' text format: the type of a name, then all series of that name. */
export function exposition(values: SeriesValue[]): string {
  const byName = new Map<string, string[]>();
  for (const { name, type, labels, value } of values) {
    const lines = byName.get(name) ?? [`# TYPE ${name} ${type}`];
    const labelList = labels.map(([label, text]) => `${label}="${escapeLabel(text)}"`).join(',');
    lines.push(`${name}${labelList === '' ? '' : `{${labelList}}`} ${value}`);
    byName.set(name, lines);
  }
  return [...byName.values()].map((lines) => `${lines.join('\n')}\n`).join('');
}

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
