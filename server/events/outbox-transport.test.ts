import { describeEventTransport, silent } from './event-transport.contract.ts';
import { createOutboxLog } from './outbox-transport.ts';

describeEventTransport('the outbox', (deps) =>
  createOutboxLog({ ...deps, pollIntervalMs: 5, log: silent }),
);
