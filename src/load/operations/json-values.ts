/** A member of a JSON object; undefined where the value is no object or lacks the member. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A string or number as text; undefined for anything else. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** A number; undefined for anything else. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
