import * as z from 'zod';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { createLogger } from '../platform/logging.ts';
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

const end = () => {
  service.stop().then(
    () => process.exit(0),
    () => process.exit(ExitCode.internalError),
  );
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.on('disconnect', end);

const url = await service.start();
log.info({ url, smtpPort: config.SMTP_PORT, pid: process.pid }, 'listening');
process.send?.({ type: 'listening', url, pid: process.pid });
