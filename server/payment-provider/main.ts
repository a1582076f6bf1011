import * as z from 'zod';
import { ProviderBehaviour } from '../../src/protocol/payments.ts';
import { createLogger } from '../platform/logging.ts';
import { runService } from '../platform/service-process.ts';
import { createPaymentService } from './service.ts';

/** Environment of the simulated payment provider. The process ends when the process that started it does. */
const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.string().default('info'),
  WEBHOOK_SECRET: z.string().min(32),
  /** JSON, see `ProviderBehaviour`. */
  BEHAVIOUR: z
    .string()
    .default('{}')
    .transform((text) => JSON.parse(text))
    .pipe(ProviderBehaviour),
  SEED: z.coerce.number().int().default(0),
  JOURNAL: z.string().optional(),
});

const config = Environment.parse(process.env);
const log = createLogger({ level: config.LOG_LEVEL, instance: 'payments' });
const service = createPaymentService({
  host: config.HOST,
  port: config.PORT,
  behaviour: config.BEHAVIOUR,
  seed: config.SEED,
  webhookSecret: config.WEBHOOK_SECRET,
  journal: config.JOURNAL,
  log,
});

await runService(service, log, { behaviour: config.BEHAVIOUR });
