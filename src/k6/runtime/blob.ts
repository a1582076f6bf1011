import { Blob as NodeBlob } from 'node:buffer';
import { bytesOf } from './bytes.ts';

/** k6's `Blob`: bytes that a script can also have at once, to send them. */
export class Blob {
  readonly size: number;
  readonly type: string;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(parts: unknown[] = [], options: { type?: unknown } = {}) {
    this.#bytes = Uint8Array.from(
      Buffer.concat(parts.map((part) => (part instanceof Blob ? part.#bytes : bytesOf(part)))),
    );
    this.size = this.#bytes.length;
    this.type = options.type === undefined ? '' : String(options.type);
  }

  /** The bytes of a blob; undefined for any other value. */
  static bytesIn(value: unknown): Uint8Array | undefined {
    return value instanceof Blob ? value.#bytes : undefined;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer;
  }

  async bytes(): Promise<Uint8Array> {
    return this.#bytes.slice();
  }

  async text(): Promise<string> {
    return Buffer.from(this.#bytes).toString();
  }

  slice(from = 0, to = this.size, type = ''): Blob {
    return new Blob([this.#bytes.slice(from, to)], { type });
  }

  stream(): unknown {
    return new NodeBlob([this.#bytes]).stream();
  }

  toString(): string {
    return '[object Blob]';
  }
}
