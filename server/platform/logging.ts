import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

export type { Logger };

/**
 * Creates a logger that writes JSON lines to the standard output, one per event that somebody may have to examine. Requests
 * on the hot path are counted, not logged. Secrets are censored here too, in case a call site forgets to.
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

/** Removes the whole client that pg attaches to an error, with password and prepared statements. */
function describeError(error: Error): unknown {
  const { client: _client, ...described } = stdSerializers.err(error);
  return described;
}

const SECRETS = ['authorization', 'password', 'token'];
