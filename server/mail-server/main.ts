import * as z from 'zod';
import { createLogger } from '../platform/logging.ts';
import { runService } from '../platform/service-process.ts';
import { createMailService } from './service.ts';

/** Environment of the mail server. The process ends when the process that started it does. */
const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SMTP_PORT: z.coerce.number().int().min(0).max(65_535),
  LOG_LEVEL: z.string().default('info'),
});

const config = Environment.parse(process.env);
const log = createLogger({ level: config.LOG_LEVEL, instance: 'smtp' });
const service = createMailService({
  ...{ host: config.HOST, port: config.PORT, smtpPort: config.SMTP_PORT, log },
});

await runService(service, log, { smtpPort: config.SMTP_PORT });
