import { writeSync } from 'node:fs';
import { type DestinationStream, type LogFn, type Logger, pino, stdSerializers } from 'pino';
import { createThinning } from './repeated-lines.ts';

export type { Logger };

/**
 * Creates a logger that writes JSON lines to the standard output, one per event that somebody may have to examine. Requests
 * on the hot path are counted, not logged, and lines that repeat are thinned out. Secrets are censored here too, in case a call site forgets to.
 */
export function createLogger(
  options: { level: string; instance: string; nowMs?(): number },
  destination: DestinationStream = writeTo(STDOUT),
): Logger {
  const thin = createThinning(options.nowMs ?? Date.now);
  const settings = {
    level: options.level,
    base: { instance: options.instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    formatters: { level: (level: string) => ({ level }) },
    hooks: {
      logMethod(args: Parameters<LogFn>, write: LogFn, level: number) {
        const leftOut = thin(kindOf(args, level));
        if (leftOut === undefined) return;
        if (leftOut > 0 && typeof args[0] === 'object') args[0] = { ...args[0], leftOut };
        write.apply(this, args);
      },
    },
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[redacted]',
    },
  };
  return pino(settings, destination);
}

const STDOUT = 1;

/**
 * Writes lines to a file descriptor. A line that cannot be written (the disk is full, nobody reads the pipe) is dropped: a
 * server that can sell must not end because nobody can read about it.
 */
export const writeTo = (fd: number): DestinationStream => ({
  write(line) {
    try {
      let rest = Buffer.from(line);
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
    } catch {
      // There is no place left to say it.
    }
  },
});

/** Lines of the same text at the same level about the same kind of error are of one kind. */
function kindOf([details, text]: readonly unknown[], level: number): string {
  const { err } = Object(details) as { err?: { code?: unknown; name?: unknown } };
  return `${level} ${typeof details === 'string' ? details : text} ${err?.code ?? err?.name}`;
}

/** Removes the whole client that pg attaches to an error, with password and prepared statements. */
function describeError(error: Error): unknown {
  const { client: _client, ...described } = stdSerializers.err(error);
  return described;
}

const SECRETS = ['authorization', 'password', 'token'];
