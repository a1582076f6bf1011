import { randomBytes } from 'node:crypto';

/** The digits of a count that has three of them, in stock like all that an id is put together from. */
const COUNTS = Array.from({ length: 0x1000 }, (_, count) => count.toString(16).padStart(3, '0'));

let ms = 0;
/** The digits of the millisecond, up to the version. */
let time = '';
/** The ids of the millisecond. */
let count = 0;
let random = '';
let used = 0;

/**
 * Creates a UUIDv7. Its order is the order of creation, so database indexes grow at their end only: a millisecond, a count,
 * and 60 random bits. A request of a sale takes an id before it is known if there is a unit for it, so all that takes time
 * is done for many ids at once.
 */
export function newId(): string {
  const nowMs = Date.now();
  if (nowMs > ms) beginMs(nowMs);
  // A clock that was set back, or more ids than a millisecond has, leaves the milliseconds ahead of it.
  else if (count === COUNTS.length) beginMs(ms + 1);
  if (used === random.length) {
    random = randomBytes(4096).toString('hex');
    used = 0;
  }
  const at = used;
  used += 16;
  return `${time}${COUNTS[count++]}-8${random.slice(at + 1, at + 4)}-${random.slice(at + 4, used)}`;
}

function beginMs(at: number): void {
  const digits = at.toString(16).padStart(12, '0');
  ms = at;
  time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
  count = 0;
}
