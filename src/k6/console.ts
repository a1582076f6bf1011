import { format } from 'node:util';

/** The script's `console`: every line goes to the run's log, so that it cannot tear a screen or mix into JSON output. */
export function createConsole(
  log: (line: string) => void,
): Record<string, (...values: unknown[]) => void> {
  const plain = (...values: unknown[]): void => log(format(...values));
  const named =
    (level: string) =>
    (...values: unknown[]): void =>
      log(`${level}: ${format(...values)}`);
  return {
    log: plain,
    info: plain,
    debug: named('debug'),
    warn: named('warning'),
    error: named('error'),
  };
}
