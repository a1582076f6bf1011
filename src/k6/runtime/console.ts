import { shownValue } from './shown-value.ts';

/**
 * The script's `console`. Every line goes to the log of the run, because on standard output it would break the screen or
 * JSON output. As in k6, values are separated by spaces, and `%s` has no meaning.
 */
export function createConsole(
  log: (line: string) => void,
): Record<string, (...values: unknown[]) => void> {
  const plain = (...values: unknown[]): void => log(line(values));
  const named =
    (level: string) =>
    (...values: unknown[]): void =>
      log(`${level}: ${line(values)}`);
  return {
    log: plain,
    info: plain,
    debug: named('debug'),
    warn: named('warning'),
    error: named('error'),
  };
}

function line(values: unknown[]): string {
  return values.map(shownValue).join(' ');
}
