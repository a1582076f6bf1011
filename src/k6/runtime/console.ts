/**
 * The script's `console`: every line goes to the run's log, so that it cannot tear a screen or mix into JSON output.
 * Objects are shown as JSON and values are put side by side, as in k6; `%s` means nothing.
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
  return values.map(show).join(' ');
}

function show(value: unknown): string {
  if (typeof value === 'function') return '[object Function]';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
