import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** A UUIDv7: unique, and sorted by the time of its making, which keeps database indexes append-only. */
export const newId = (): string => generator.generate().toString();

/** The library asks the system for 32 bytes at a time, which takes longer than all the rest of an id. */
const random = new Uint32Array(1024);
let used = random.length;
const generator = new V7Generator({
  nextUint32() {
    if (used === random.length) {
      randomFillSync(random);
      used = 0;
    }
    return random[used++] as number;
  },
});
