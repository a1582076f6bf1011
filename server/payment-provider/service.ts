import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { type ProviderBehaviour, ProviderCharge } from '../../src/protocol/payments.ts';
import { readJson, validate } from '../http/request/json-body.ts';
import { pathId } from '../http/request/path-id.ts';
import { createRequestIds } from '../http/request-id.ts';
import { createErrorHandler, notFound, refuse } from '../http/response/problem.ts';
import { respond } from '../http/response/respond.ts';
import { createApp, createHttpServer } from '../http/server.ts';
import type { Logger } from '../platform/logging.ts';
import { openJournal } from './journal.ts';
import { createProvider } from './provider.ts';
import { createWebhooks } from './webhooks.ts';

const BODY_LIMIT_BYTES = 10_000;

export interface PaymentService {
  /** Starts to listen and resolves to the base URL. */
  start(): Promise<string>;
  /** Stops at once, as a real provider may do: calls under way get no answer. */
  stop(): Promise<void>;
}

/** The simulated payment provider as an HTTP service. */
export function createPaymentService(options: {
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  behaviour: ProviderBehaviour;
  seed: number;
  /** Shared with the merchants, to sign webhooks with. */
  webhookSecret: string;
  /** File that keeps the payments when the process ends; absent: they are lost. */
  journal?: string;
  log: Logger;
  clock?: Clock;
}): PaymentService {
  const { host, port, behaviour, seed, webhookSecret, log, clock = systemClock } = options;
  const journal = options.journal === undefined ? undefined : openJournal(options.journal);
  const webhooks = createWebhooks({
    secret: webhookSecret,
    duplicates: behaviour.duplicateWebhooks,
    clock,
  });
  const provider = createProvider({ behaviour, seed, ...journal, tell: webhooks.tell });

  const app = createApp();
  app.get('/health/ready', (_req, res) => respond(res, 200, { status: 'ready' }));
  app.post('/payments', readJson(BODY_LIMIT_BYTES), async (req, res) => {
    const payment = await provider.charge(validate(ProviderCharge, req.body));
    respond(res, payment.status === 'pending' ? 202 : 200, payment);
  });
  app.get('/payments/:id', (req, res) => {
    const payment = provider.find(pathId(req.params.id));
    if (payment !== undefined) respond(res, 200, payment);
    else refuse(res, 'NOT_FOUND', 'There is no payment with this id.');
  });
  app.post('/payments/:id/refund', (req, res) => {
    respond(res, 200, provider.refund(pathId(req.params.id)));
  });
  app.use(notFound, createErrorHandler(log));

  const server = createHttpServer({
    app,
    clock,
    nameRequest: createRequestIds({ instance: 'payments', startedAtMs: clock.nowMs() }),
    onEnd: () => {},
  });
  return {
    start: () => server.listen(port, host),
    async stop() {
      webhooks.stop();
      await server.drain({ noticeMs: 0, timeoutMs: 0 });
    },
  };
}
