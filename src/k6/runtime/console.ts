/**
 * The script's `console`. Every line goes to the log of the run, because on standard output it would break the screen or
 * JSON output. As in k6, objects are shown as JSON, values are separated by spaces, and `%s` has no meaning.
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
