const FUNCTION = '[object Function]';

/** A value as k6's console shows it: objects with the names of their members, on one line. */
export function shownValue(value: unknown): string {
  if (typeof value === 'function') return FUNCTION;
  if (typeof value === 'symbol') return value.description ?? '';
  return typeof value === 'object' && value !== null ? showPart(value, new Set()) : String(value);
}

/** @param around the objects that the value is in */
function showPart(value: unknown, around: Set<object>): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string' || typeof value === 'symbol') return `"${shownValue(value)}"`;
  if (typeof value !== 'object') return shownValue(value);
  if (around.has(value)) return '[Circular]';
  if (value instanceof Error) return String(value);
  if (value instanceof ArrayBuffer) return showBuffer(value);
  if (ArrayBuffer.isView(value)) return showTyped(value);
  around.add(value);
  const shown = Array.isArray(value) ? showArray(value, around) : showObject(value, around);
  around.delete(value);
  return shown;
}

function showArray(list: unknown[], around: Set<object>): string {
  // `map` leaves the holes of a list out.
  return enclose(
    '[',
    [...list].map((each) => showPart(each, around)),
    ']',
  );
}

function showObject(object: object, around: Set<object>): string {
  const names = Object.keys(object);
  if (names.length === 0 && object instanceof Date) return showDate(object);
  const members = names.map(
    (name) => `${name}: ${showPart((object as Record<string, unknown>)[name], around)}`,
  );
  return enclose('{', members, '}');
}

const showDate = (date: Date): string =>
  Number.isNaN(date.getTime()) ? '{}' : `"${date.toISOString()}"`;

function showBuffer(buffer: ArrayBuffer): string {
  const bytes = [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `ArrayBuffer { [Uint8Contents]: <${bytes.join(' ')}>, byteLength: ${bytes.length} }`;
}

function showTyped(view: ArrayBufferView): string {
  if (view instanceof DataView) return '{}';
  const elements = [...(view as Uint8Array)].map(String);
  // k6 does not tell this one from a Uint8Array.
  const name = view.constructor.name.replace('Clamped', '');
  return `${name}(${elements.length}) ${enclose('[', elements, ']')}`;
}

const enclose = (open: string, parts: string[], close: string): string =>
  parts.length === 0 ? `${open}${close}` : `${open} ${parts.join(', ')} ${close}`;
