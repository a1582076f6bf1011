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

/** A write per line would cost more than the lines; one of this many bytes costs next to nothing. */
const CHUNK_BYTES = 256 * 1024;
/** Bytes that a character of a string (a UTF-16 code unit) takes at most. */
const UTF8_BYTES_MAX = 3;
/** So that a slow load's lines are on disk soon even if the process is killed. */
const FLUSH_AFTER_MS = 500;
/** What may wait for a slow disk in memory. Beyond it, appending waits for the disk: a load that is slowed down knows it. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

/** Text appended at full speed and written behind the caller's back. */
export interface ChunkedFile {
  /** Never throws. After a failed write it does nothing; `close` tells. */
  append(line: string): void;
  /** @throws UserError (environment) when any write failed */
  close(): Promise<void>;
}

/**
 * @param options `name` is what the file is to people, `option` is how they say where it goes
 * @throws UserError (environment) when the file cannot be created
 */
export function openChunkedFile(
  path: string,
  options: { name: string; option: string; waitingBytesMax?: number },
): ChunkedFile {
  const { name, option, waitingBytesMax = WAITING_BYTES_MAX } = options;
  const fd = create(path, { name, option });
  // Lines become bytes at once: a string that grows line by line would be copied by the garbage collector again and again.
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
    const roomNeeded = line.length * UTF8_BYTES_MAX;
    if (chunkLength + roomNeeded > CHUNK_BYTES) flush();
    if (roomNeeded > CHUNK_BYTES) {
      send(Buffer.from(line));
      return;
    }
    chunkLength += chunk.write(line, chunkLength);
    flushTimer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  }

  function flush(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    if (chunkLength === 0) return;
    send(chunk.subarray(0, chunkLength));
    chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    chunkLength = 0;
  }

  function send(bytes: Buffer): void {
    // Each chunk has its place in the file from the start, so it does not matter which is written first.
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
