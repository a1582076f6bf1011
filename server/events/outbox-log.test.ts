import { describeEventLog, silent } from './event-log.contract.ts';
import { createOutboxLog } from './outbox-log.ts';

describeEventLog('the outbox', (deps) =>
  createOutboxLog({ ...deps, pollIntervalMs: 5, log: silent }),
);
