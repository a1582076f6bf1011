import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

export type { Logger };

/**
 * JSON lines on the standard output, one per event that somebody may have to look into. Requests on the hot path are
 * counted, not logged. What must never be written is censored here too, should a call site forget.
 */
export function createLogger(
  options: { level: string; instance: string },
  destination: DestinationStream = pino.destination({ fd: 1, sync: true }),
): Logger {
  const settings = {
    level: options.level,
    base: { instance: options.instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    formatters: { level: (level: string) => ({ level }) },
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
  };
  return pino(settings, destination);
}

/** pg hangs its whole client on an error, password and prepared statements included. */
function describeError(error: Error): unknown {
  const { client: _client, ...described } = stdSerializers.err(error);
  return described;
}

const SECRETS = ['authorization', 'password', 'token'];
