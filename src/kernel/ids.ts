import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** Creates a UUIDv7. Its order is the order of creation, so database indexes grow at their end only. */
export const newId = (): string => generator.generate().toString();

/** Random numbers in stock. The library fetches 32 bytes at a time, which takes longer than the rest of an id. */
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

/** The id of a part of something with an id: the same for the same number (0 to 255), and in the order of the numbers. */
export const partId = (id: string, number: number): string =>
  id.slice(0, -2) + number.toString(16).padStart(2, '0');
