import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
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

const LINE = /^\{"type":"(invoke|ok|fail|info)","id":(\d+),"at":(\d+)(.*)$/;

/**
 * Merges the lines of several parts of one history in the order of their times. It holds one line of each part.
 *
 * @throws Error when a part holds anything but operations
 */
export async function* mergeParts(paths: string[]): AsyncGenerator<OperationLine> {
  const readers = paths.map((path, part) => readLines(path, part));
  const heads = await Promise.all(readers.map((reader) => reader.next()));
  for (;;) {
    let first: OperationLine | undefined;
    for (const { done, value } of heads) {
      if (!done && (first === undefined || value.atNs < first.atNs)) first = value;
    }
    if (first === undefined) return;
    yield first;
    heads[first.part] = await (readers[first.part] as (typeof readers)[number]).next();
  }
}

async function* readLines(path: string, part: number): AsyncGenerator<OperationLine> {
  const lines = createInterface({ input: createReadStream(path, { encoding: 'utf8' }) });
  for await (const line of lines) {
    const match = LINE.exec(line);
    if (!match) throw new Error(`${path} holds a line that is no operation: ${line.slice(0, 80)}`);
    const [, type, id, at, rest] = match as unknown as string[];
    yield {
      type: type as OperationLine['type'],
      id: Number(id),
      atNs: Number(at),
      rest: rest as string,
      part,
    };
  }
}
