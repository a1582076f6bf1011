/** The numbers that tell where a packed text stands: its chunk, its first byte there, its length in bytes, its encoding. */
export const PLACE_WORDS = 4;

/**
 * Texts as bytes, one behind the other. Ids that come once and are hardly ever asked for take a quarter of the room that
 * strings would, and nothing of the garbage collector's time. A text that is asked for is made anew each time.
 */
export class PackedTexts {
  private readonly chunks: Buffer[] = [];
  /** The bytes of the last chunk that are taken; infinite while there is no chunk. */
  private taken = Number.POSITIVE_INFINITY;

  /** Adds a text, and writes its place into `place`. */
  add(text: string, place: Uint32Array): void {
    const bytesOfUtf8 = Buffer.byteLength(text);
    const encoding = bytesOfUtf8 === text.length ? ASCII : UTF_16;
    const length = Buffer.byteLength(text, NAMES[encoding]);
    const start = this.makeRoom(length);
    (this.chunks.at(-1) as Buffer).write(text, start, NAMES[encoding]);
    this.tell(place, start, length, encoding);
  }

  /** Adds the text of the ASCII characters from `start` to `end`. */
  addAscii(bytes: Buffer, start: number, end: number, place: Uint32Array): void {
    const length = end - start;
    const to = this.makeRoom(length);
    const chunk = this.chunks.at(-1) as Buffer;
    for (let at = 0; at < length; at++) chunk[to + at] = bytes[start + at] as number;
    this.tell(place, to, length, ASCII);
  }

  /** The text whose place stands in `places` from `from` on. */
  at(places: Uint32Array, from: number): string {
    const chunk = this.chunks[places[from] as number] as Buffer;
    const start = places[from + 1] as number;
    const end = start + (places[from + 2] as number);
    return chunk.toString(NAMES[places[from + 3] as number], start, end);
  }

  /** Finds room for so many bytes in the last chunk, and returns its beginning. */
  private makeRoom(length: number): number {
    if (this.taken + length > CHUNK_BYTES) {
      this.chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, length)));
      this.taken = 0;
    }
    const start = this.taken;
    this.taken += length;
    return start;
  }

  private tell(place: Uint32Array, start: number, length: number, encoding: number): void {
    place[0] = this.chunks.length - 1;
    place[1] = start;
    place[2] = length;
    place[3] = encoding;
  }
}

const CHUNK_BYTES = 1 << 16;

/** UTF-16 keeps any text as it is, halves of characters too, which UTF-8 cannot. */
const NAMES = ['latin1', 'utf16le'] as const;
const ASCII = 0;
const UTF_16 = 1;
