import type { IncomingMessage } from 'node:http';
import { REQUEST_ID_HEADER } from '../../src/protocol/headers.ts';

const SANE_ID = /^[\w.:-]{1,64}$/;

/**
 * Names each request: by the id the client sent, if it is harmless to log and send back, else by a counter behind the
 * instance's name and start time, which is unique among instances and costs nothing.
 */
export function createRequestIds(options: { instance: string; startedAtMs: number }) {
  const prefix = `${options.instance}-${options.startedAtMs.toString(36)}-`;
  let count = 0;
  return (req: IncomingMessage): string => {
    const sent = req.headers[REQUEST_ID_HEADER];
    if (typeof sent === 'string' && SANE_ID.test(sent)) return sent;
    return prefix + (++count).toString(36);
  };
}
