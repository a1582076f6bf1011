import {
  close as closeCallback,
  mkdirSync,
  openSync,
  write as writeCallback,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { rootMessage, UserError } from '../kernel/errors.ts';

const write = promisify(writeCallback);
const closeFd = promisify(closeCallback);

/** Lines are written in chunks of this size: a write per line would cost more than the lines themselves. */
const CHUNK_BYTES = 256 * 1024;
/**
 * Lines become bytes when they are this long together: one by one they cost more, and the garbage collector would copy a
 * longer string, which grows line by line, again and again.
 */
const LINES_LENGTH = 4 * 1024;
/** Bytes that a character of a string (a UTF-16 code unit) takes at most. */
const UTF8_BYTES_MAX = 3;
/** A chunk is written after this time even if it is not full, so that a slow load's lines outlive a killed process. */
const FLUSH_AFTER_MS = 500;
/** The most that may wait for a slow disk in memory. Beyond it `append` waits for the disk, which shows as generator lag. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

/** A file to which text is appended at full speed, while the writing happens in the background. */
export interface ChunkedFile {
  /** Never throws. After a failed write it does nothing, and `close` throws. */
  append(line: string): void;
  /** Writes everything that waits. @throws UserError (environment) when any write failed */
  close(): Promise<void>;
}

/**
 * Creates (or empties) a file, its folders too.
 *
 * @param options `name` and `option` appear in error texts: the file's name, and the CLI option that sets its path
 * @throws UserError (environment) when the file cannot be created
 */
export function openChunkedFile(
  path: string,
  options: { name: string; option: string; waitingBytesMax?: number },
): ChunkedFile {
  const { name, option, waitingBytesMax = WAITING_BYTES_MAX } = options;
  const fd = create(path, { name, option });
  let lines = '';
  let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let chunkLength = 0;
  let flushTimer: NodeJS.Timeout | undefined;
  let position = 0;
  let waitingBytes = 0;
  let writing = Promise.resolve();
  let failure: unknown;
  let closing: Promise<void> | undefined;

  function append(line: string): void {
    if (failure !== undefined || closing !== undefined) return;
    lines += line;
    if (lines.length >= LINES_LENGTH) encode();
    flushTimer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  }

  function encode(): void {
    const text = lines;
    lines = '';
    const roomNeeded = text.length * UTF8_BYTES_MAX;
    if (chunkLength + roomNeeded > CHUNK_BYTES) sendChunk();
    if (roomNeeded > CHUNK_BYTES) send(Buffer.from(text));
    else chunkLength += chunk.write(text, chunkLength);
  }

  function flush(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    encode();
    sendChunk();
  }

  function sendChunk(): void {
    if (chunkLength === 0) return;
    send(chunk.subarray(0, chunkLength));
    chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    chunkLength = 0;
  }

  function send(bytes: Buffer): void {
    // Each chunk has its position in the file from the start, so the order of the writes does not matter.
    const at = position;
    position += bytes.length;
    if (waitingBytes > waitingBytesMax) writeNow(bytes, at);
    else writeLater(bytes, at);
  }

  function writeNow(bytes: Buffer, at: number): void {
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(fd, bytes, done, bytes.length - done, at + done);
      }
    } catch (error) {
      failure ??= error;
    }
  }

  function writeLater(bytes: Buffer, at: number): void {
    waitingBytes += bytes.length;
    writing = writing.then(async () => {
      try {
        if (failure === undefined) await writeAll(fd, bytes, at);
      } catch (error) {
        failure ??= error;
      }
      waitingBytes -= bytes.length;
    });
  }

  async function closeOnce(): Promise<void> {
    flush();
    await writing;
    await closeFd(fd).catch((error) => {
      failure ??= error;
    });
    if (failure !== undefined) {
      throw UserError.environment(`${name} ${path} is incomplete`, {
        why: rootMessage(failure),
        next: `give a file on a disk with room, with ${option}`,
        cause: failure,
      });
    }
  }

  return {
    append,
    close() {
      closing ??= closeOnce();
      return closing;
    },
  };
}

function create(path: string, { name, option }: { name: string; option: string }): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'w');
  } catch (error) {
    throw UserError.environment(`${name} ${path} cannot be written`, {
      why: rootMessage(error),
      next: `give another file with ${option}`,
      cause: error,
    });
  }
}

/** A write to a nearly full disk may take only part of the bytes without failing. */
async function writeAll(fd: number, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await write(fd, bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
