import { once } from 'node:events';
import { createServer } from 'node:http';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { OpenOutput } from './output.ts';
import { createSeriesTable, type SeriesValue } from './series.ts';
import { tooManySeries } from './too-many-series.ts';

/** An endpoint on the loopback interface for a Prometheus to scrape, there until the run has ended. */
export const openPrometheus: OpenOutput = async (where, { options }) => {
  const port = /^\d{1,5}$/.test(where) ? Number(where) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) {
    throw UserError.usage(`--out prometheus=${where} cannot be opened`, {
      why: `"${where}" is not a port from 1 to 65535`,
      next: 'give one, such as --out prometheus=5656, and let Prometheus scrape /metrics there',
    });
  }
  const table = createSeriesTable(options.summaryTrendStats);
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      .end(exposition(table.read()));
  });
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

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    tooManySeries(`--out prometheus=${port}`, table);
  }
  return {
    add: table.add,
    close() {
      closed ??= close();
      return closed;
    },
  };
};

/** Prometheus' text format: all series of a name stand together below its type. */
export function exposition(values: SeriesValue[]): string {
  const byName = new Map<string, string[]>();
  for (const { name, type, labels, value } of values) {
    const lines = byName.get(name) ?? [`# TYPE ${name} ${type}`];
    const inside = labels.map(([label, is]) => `${label}="${escapeLabel(is)}"`).join(',');
    lines.push(`${name}${inside === '' ? '' : `{${inside}}`} ${value}`);
    byName.set(name, lines);
  }
  return [...byName.values()].map((lines) => `${lines.join('\n')}\n`).join('');
}

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
