import { basename, dirname } from 'node:path';
import { openOnce } from '../../runtime/open-file.ts';
import type { K6Module } from '../module.ts';

const SeekMode = { Start: 0, Current: 1, End: 2 };

/**
 * `k6/experimental/fs`: files that are read piece by piece. All VUs share the bytes of a file; each has its own position.
 * Relative paths start at the folder of the script, in imported files as well: that is k6's way here.
 */
export const fsModule: K6Module = (vu, { scriptPath }) => ({
  async open(path: unknown): Promise<ScriptFile> {
    if (!vu.initializing) {
      throw named(new Error('open() works in init code only'), 'ForbiddenError');
    }
    if (typeof path !== 'string' || path === '') {
      throw new TypeError(`open() needs the path of a file, but was given ${JSON.stringify(path)}`);
    }
    try {
      const { absolute, content } = openOnce(vu, dirname(scriptPath), path);
      return new ScriptFile(absolute, content);
    } catch (error) {
      throw named(error as Error, 'NotFoundError');
    }
  },
  SeekMode,
});

function named(error: Error, name: string): Error {
  error.name = name;
  return error;
}

/** k6's `File`, which `open` returns. */
export class ScriptFile {
  readonly path: string;
  readonly #content: Buffer;
  #position = 0;

  constructor(path: string, content: Buffer) {
    this.path = path;
    this.#content = content;
  }

  /** All bytes of a file, independent of its position. */
  static contentOf(file: ScriptFile): Buffer {
    return file.#content;
  }

  /** Fills an array with the next bytes. Returns their number, null at the end of the file. */
  async read(into: unknown): Promise<number | null> {
    if (!(into instanceof Uint8Array)) throw new TypeError('read() needs a Uint8Array to fill');
    const piece = this.#content.subarray(this.#position, this.#position + into.length);
    if (piece.length === 0) return null;
    into.set(piece);
    this.#position += piece.length;
    return piece.length;
  }

  /** Moves the position. Returns its offset from the start of the file. */
  async seek(offset: unknown, whence: unknown): Promise<number> {
    const { length } = this.#content;
    // As in k6, the end is the last byte, and not the position after it.
    const from = [0, this.#position, length - 1][whence as number];
    if (from === undefined) throw new TypeError('seek() needs one of SeekMode to count from');
    if (typeof offset !== 'number' || !Number.isInteger(offset)) {
      throw new TypeError(`seek() needs a whole number of bytes, but was given ${offset}`);
    }
    const position = from + offset;
    if (position < 0 || position > length || (whence === SeekMode.End && offset > 0)) {
      throw new TypeError(`seek() cannot go to ${position}: the file has ${length} bytes`);
    }
    this.#position = position;
    return position;
  }

  async stat(): Promise<{ name: string; size: number }> {
    return { name: basename(this.path), size: this.#content.length };
  }
}
