import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { MailBehaviour, type MailCounts } from '../../src/protocol/mail-server.ts';
import { readJson, validate } from '../http/request/json-body.ts';
import { createRequestIds } from '../http/request-id.ts';
import { createErrorHandler, notFound } from '../http/response/problem.ts';
import { respond } from '../http/response/respond.ts';
import { createApp, createHttpServer } from '../http/server.ts';
import type { Logger } from '../platform/logging.ts';
import { createSmtpServer } from './smtp.ts';

const BODY_LIMIT_BYTES = 1_000;

export interface MailService {
  /** Starts to listen and resolves to the base URL of the way in which it is told what to do. */
  start(): Promise<string>;
  /** Stops at once: mails under way are not taken. */
  stop(): Promise<void>;
}

/** A mail server to test against, and beside it a way over HTTP to have it refuse mails. */
export function createMailService(options: {
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  smtpPort: number;
  log: Logger;
  clock?: Clock;
}): MailService {
  const { host, port, smtpPort, log, clock = systemClock } = options;
  const smtp = createSmtpServer();
  const app = createApp();
  app.get('/health/ready', (_req, res) => respond(res, 200, { status: 'ready' }));
  app.put('/behaviour', readJson(BODY_LIMIT_BYTES), (req, res) => {
    smtp.setRefusing(validate(MailBehaviour, req.body).refusing);
    respond(res, 200, smtp.counts() satisfies MailCounts);
  });
  app.use(notFound, createErrorHandler(log));
  const server = createHttpServer({
    app,
    clock,
    nameRequest: createRequestIds({ instance: 'smtp', startedAtMs: clock.nowMs() }),
    onEnd: () => {},
  });
  return {
    async start() {
      await smtp.listen(smtpPort, host);
      return server.listen(port, host);
    },
    async stop() {
      smtp.stop();
      await server.drain({ noticeMs: 0, timeoutMs: 0 });
    },
  };
}
