import { open } from 'node:fs/promises';
import { rootMessage, UserError } from '../kernel/errors.ts';
import { LINE_BYTES_MAX } from './format.ts';
import { createHistoryParser, type HistoryParser, type RecordedHistory } from './parser.ts';

/** Bytes that are read at once. */
const CHUNK_BYTES = 1 << 20;
const LINE_BREAK = 0x0a;

/**
 * Reads a history that `createHistoryFile` wrote. It reads line by line, so that a million operations need no more memory
 * than the operations themselves.
 *
 * @throws UserError (usage) naming the line and the reason when the file is not a history of this version
 */
export async function readHistory(path: string): Promise<RecordedHistory> {
  const parser = createHistoryParser(path);
  const lines = createLineSplitter(parser);
  try {
    const file = await open(path);
    try {
      // Chunks are read into two memories in turn, one while the other is parsed. The parser keeps nothing of either.
      const spare = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
      const readInto = (chunk: Buffer) => file.read(chunk, 0, CHUNK_BYTES, null);
      let reading = readInto(spare[0] as Buffer);
      for (let turn = 1; ; turn++) {
        const { bytesRead, buffer } = await reading;
        if (bytesRead === 0) break;
        reading = readInto(spare[turn % 2] as Buffer);
        // A line that is refused ends the reading, and then nobody waits for the chunk behind it.
        reading.catch(() => undefined);
        lines.add(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw UserError.usage(`the history ${path} cannot be read`, {
      why: rootMessage(error),
      next: 'give the path of a file that `run --history FILE` wrote',
      cause: error,
    });
  }
  return parser.finish(lines.hasRest());
}

interface LineSplitter {
  /** Takes the next bytes of the file, and keeps a copy of those behind the last line break. */
  add(chunk: Buffer): void;
  /** True when there were bytes behind the last line break. */
  hasRest(): boolean;
}

/** Gives the parser whole lines. */
function createLineSplitter(parser: HistoryParser): LineSplitter {
  let rest: Buffer[] = [];
  let restBytes = 0;

  function keep(bytes: Buffer): void {
    restBytes += bytes.length;
    if (restBytes > LINE_BYTES_MAX) {
      parser.refuseNext(
        `longer than ${LINE_BYTES_MAX / 2 ** 20} MiB, which no line of a history is`,
      );
    }
    rest.push(Buffer.from(bytes));
  }

  function joined(): Buffer {
    const line = Buffer.concat(rest);
    rest = [];
    restBytes = 0;
    return line;
  }

  return {
    add(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
        if (restBytes === 0) parser.line(chunk, start, end);
        else {
          keep(chunk.subarray(start, end));
          const line = joined();
          parser.line(line, 0, line.length);
        }
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    hasRest: () => restBytes > 0,
  };
}
