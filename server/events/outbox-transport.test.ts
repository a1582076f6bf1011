import { silentLog } from '../../test/silent-log.ts';
import { describeEventTransport } from './event-transport.contract.ts';
import { createOutboxTransport } from './outbox-transport.ts';

describeEventTransport('the outbox', (deps) =>
  createOutboxTransport({ ...deps, pollIntervalMs: 5, log: silentLog }),
);
