import type { RequestHandler } from 'express';
import { refuse } from '../response/problem.ts';

const RETRY_AFTER_SECONDS = '1';

/**
 * Lets only a few large bodies be in memory at the same time, of all users and of each: until its answer, a body is there
 * several times over. Must come after `authenticate`. Bodies of at most `smallBytes` are not counted.
 */
export function boundUploads(options: {
  smallBytes: number;
  uploadsMax: number;
  ofUserMax: number;
}): RequestHandler {
  const { smallBytes, uploadsMax, ofUserMax } = options;
  const ofUsers = new Map<string, number>();
  let all = 0;

  return (req, res, next) => {
    const length = req.headers['content-length'];
    if (length === undefined ? !hasBody(req.headers) : Number(length) <= smallBytes) {
      next();
      return;
    }
    const { userId } = req.caller;
    const own = ofUsers.get(userId) ?? 0;
    if (all >= uploadsMax || own >= ofUserMax) {
      res.setHeader('retry-after', RETRY_AFTER_SECONDS);
      refuse(res, 'UNAVAILABLE', 'Too many large bodies are on their way; nothing was changed.');
      return;
    }
    all += 1;
    ofUsers.set(userId, own + 1);
    res.once('close', () => {
      all -= 1;
      const left = (ofUsers.get(userId) ?? 1) - 1;
      if (left > 0) ofUsers.set(userId, left);
      else ofUsers.delete(userId);
    });
    next();
  };
}

/** A body in chunks may become as large as it likes. */
const hasBody = (headers: Record<string, unknown>): boolean =>
  headers['transfer-encoding'] !== undefined;
