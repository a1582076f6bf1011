import type { IncomingMessage } from 'node:http';
import { REQUEST_ID_HEADER } from '../../src/protocol/headers.ts';

const SANE_ID = /^[\w.:-]{1,64}$/;

/**
 * Makes the function that gives each request its id: the id that the client sent, if it is harmless to log and to send
 * back. Otherwise the name of the instance, its start time and a counter; this is unique among instances and cheap.
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
