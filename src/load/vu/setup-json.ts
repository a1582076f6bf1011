/** Marks objects that the engine makes for scripts, whose `toJSON` is what k6 hands over of them. */
export const HAS_OWN_JSON = Symbol('has JSON of its own');

/**
 * The JSON of what `setup` returned, as k6 writes it: a typed array as a list, bytes in base64, a map as its pairs, what is
 * undefined as null.
 *
 * @throws Error for a function or a number that JSON does not have, as in k6
 */
export function setupJson(data: unknown): string {
  return JSON.stringify(data, function (this: Record<string, unknown>, name, shown: unknown) {
    // Dates were turned into texts before; the object still has them.
    const value = this[name];
    if (value instanceof Date) return (shown as string | null)?.replace(/\.?0*Z$/, 'Z') ?? null;
    if (typeof value === 'object' && value !== null && HAS_OWN_JSON in value) return shown;
    return plain(value, name);
  });
}

function plain(value: unknown, name: string): unknown {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'bigint':
      return Number(value);
    case 'symbol':
      return value.description ?? '';
    case 'function':
      throw unsendable(name, 'a function');
    case 'number':
      if (Number.isFinite(value)) return value;
      throw unsendable(name, String(value));
    case 'object':
      return value === null ? null : plainObject(value, name);
    default:
      return value;
  }
}

function plainObject(value: object, name: string): unknown {
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number>);
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    throw unsendable(name, 'an object with toJSON()');
  }
  return value;
}

const unsendable = (name: string, what: string): Error =>
  new Error(
    `what it returned cannot be handed to the VUs as JSON: ${name === '' ? 'it' : `"${name}"`} is ${what}`,
  );
