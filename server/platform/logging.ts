import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * JSON lines on the standard output, one per event that somebody may have to look into. Requests on the hot path are
 * counted, not logged. What must never be written is censored here too, should a call site forget.
 */
export function createLogger(options: { level: string; instance: string }): Logger {
  return pino({
    level: options.level,
    base: { instance: options.instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: {
      paths: ['authorization', 'password', 'token', '*.authorization', '*.password', '*.token'],
      censor: '[redacted]',
    },
  });
}
