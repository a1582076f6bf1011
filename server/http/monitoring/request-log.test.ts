import { expect, it } from 'vitest';
import { createLogger } from '../../platform/logging.ts';
import { createRequestLog } from './request-log.ts';

it('S4.10 logs one line for all requests of an interval, and none for an interval without requests', () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', instance: 'api-1' }, { write: (l) => lines.push(l) });
  const requests = createRequestLog({ log, intervalMs: 60_000 });
  requests.add('POST /api/v1/reservations', 201, 3);
  requests.add('POST /api/v1/reservations', 400, 9.5);
  requests.add('GET /api/v1/orders', 500, 20);
  requests.stop();
  requests.stop();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      instance: 'api-1',
      msg: 'requests answered',
      routes: {
        'POST /api/v1/reservations': { requests: 2, refused: 1, failed: 0, msMax: 9.5 },
        'GET /api/v1/orders': { requests: 1, refused: 0, failed: 1, msMax: 20 },
      },
    },
  ]);
});
