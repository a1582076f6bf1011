import { createLogger } from '../server/platform/logging.ts';

/** A logger that writes nothing. */
export const silentLog = createLogger({ level: 'silent', instance: 'test' });
