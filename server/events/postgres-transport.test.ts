import { silentLog } from '../../test/silent-log.ts';
import { describeEventTransport } from './event-transport.contract.ts';
import { createPostgresTransport } from './postgres-transport.ts';

describeEventTransport('PostgreSQL alone', (deps) =>
  createPostgresTransport({
    ...deps,
    pollIntervalMs: 5,
    nowMs: () => Date.now(),
    log: silentLog,
  }),
);
