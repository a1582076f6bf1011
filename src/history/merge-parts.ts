import { createReadStream } from 'node:fs';
import type { Outcome } from './operation.ts';

/** A line of an operation, split as far as merging needs. */
export interface OperationLine {
  type: 'invoke' | Outcome;
  /** Unique among the lines of one part. */
  id: number;
  atNs: number;
  /** The text after the time, the closing brace included. */
  rest: string;
  part: number;
}

const LINE = /^\{"type":"(invoke|ok|fail|info)","id":(\d+),"at":(\d+)(.*)$/s;
const READ_BYTES = 256 * 1024;

/**
 * Merges the lines of several parts of one history in the order of their times. They come in groups, because to wait for
 * each line takes longer than to read it. It holds a few lines of each part.
 *
 * @throws Error when a part holds anything but operations
 */
export async function* mergeParts(paths: string[]): AsyncGenerator<OperationLine[]> {
  const parts = paths.map((path, part) => new PartReader(path, part));
  await Promise.all(parts.map((part) => part.readOn()));
  for (;;) {
    const merged: OperationLine[] = [];
    let first = earliestOf(parts);
    for (; first?.head !== undefined; first = earliestOf(parts)) {
      merged.push(first.head);
      if (!first.step()) break;
    }
    yield merged;
    if (first === undefined) return;
    await first.readOn();
  }
}

function earliestOf(parts: PartReader[]): PartReader | undefined {
  let first: PartReader | undefined;
  for (const part of parts) {
    if (part.head === undefined) continue;
    if (first?.head === undefined || part.head.atNs < first.head.atNs) first = part;
  }
  return first;
}

/** Reads one part, some lines at a time. */
class PartReader {
  /** The next line; undefined when `readOn` is due, and after the last line. */
  head: OperationLine | undefined;
  private lines: string[] = [];
  private at = 0;
  /** The beginning of a line whose end was not read yet. */
  private rest = '';
  private readonly path: string;
  private readonly part: number;
  private readonly chunks: AsyncIterator<string>;

  constructor(path: string, part: number) {
    this.path = path;
    this.part = part;
    const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: READ_BYTES });
    this.chunks = stream[Symbol.asyncIterator]();
  }

  /** Steps to the next line. Answers false when more has to be read. */
  step(): boolean {
    this.head = this.at < this.lines.length ? this.parse(this.lines[this.at] as string) : undefined;
    this.at += 1;
    return this.head !== undefined;
  }

  /** Reads on from the file, and steps to the next line if there is one. */
  async readOn(): Promise<void> {
    this.head = undefined;
    for (let isEnd = false; !isEnd && this.head === undefined; ) {
      const { done, value } = await this.chunks.next();
      isEnd = done === true;
      const lines = (this.rest + (isEnd ? '' : value)).split('\n');
      this.rest = isEnd ? '' : (lines.pop() as string);
      this.lines = isEnd && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
      this.at = 0;
      this.step();
    }
  }

  private parse(line: string): OperationLine {
    const match = LINE.exec(line);
    if (!match) {
      throw new Error(`${this.path} holds a line that is no operation: ${line.slice(0, 80)}`);
    }
    const [, type, id, at, rest] = match as unknown as [string, string, string, string, string];
    return {
      type: type as OperationLine['type'],
      id: Number(id),
      atNs: Number(at),
      rest,
      part: this.part,
    };
  }
}
