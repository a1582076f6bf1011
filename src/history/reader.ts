import { createReadStream } from 'node:fs';
import { rootMessage, UserError } from '../kernel/errors.ts';
import { createHistoryParser, type RecordedHistory } from './parser.ts';

/**
 * Reads a history that `createHistoryFile` wrote. It reads line by line, so that a million operations need no more memory
 * than the operations themselves.
 *
 * @throws UserError (usage) naming the line and the reason when the file is not a history of this version
 */
export async function readHistory(path: string): Promise<RecordedHistory> {
  const parser = createHistoryParser(path);
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, {
      encoding: 'utf8',
      highWaterMark: 1 << 20,
    })) {
      const text: string = rest === '' ? chunk : rest + chunk;
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        parser.line(text.slice(start, end));
        start = end + 1;
      }
      rest = text.slice(start);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw UserError.usage(`the history ${path} cannot be read`, {
      why: rootMessage(error),
      next: 'give the path of a file that `run --history FILE` wrote',
      cause: error,
    });
  }
  return parser.finish(rest);
}
