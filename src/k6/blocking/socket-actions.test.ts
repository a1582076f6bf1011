import { expect, it } from 'vitest';
import type { SocketEvent } from '../../load/http/web-socket.ts';
import type { Vu, VuSocket } from '../../load/vu/vu.ts';
import { createSocketActions } from './socket-actions.ts';
import { TAKEN_BYTES, UNDERWAY_BYTES_MAX } from './socket-flow.ts';

it('a server that sends faster than the script reads has to wait', () => {
  const reads: boolean[] = [];
  let send: (event: SocketEvent) => void = () => {};
  const socket = { read: (isOn: boolean) => reads.push(isOn) } as unknown as VuSocket;
  const vu = {
    openSocket(_: unknown, onEvent: typeof send) {
      send = onEvent;
      return socket;
    },
  } as unknown as Vu;
  let posted = 0;
  const act = createSocketActions(vu, () => {
    posted += 1;
  });
  const request = { url: 'ws://shop', headers: {}, protocols: [], compresses: false };
  act(1, { type: 'open', request });
  const message: SocketEvent = { type: 'message', data: 'x'.repeat(UNDERWAY_BYTES_MAX / 2 - 200) };
  send(message);
  send(message);
  expect(reads).toEqual([]);
  // The thread is told of events that had come already.
  send({ type: 'ping' });
  send({ type: 'ping' });
  send({ type: 'ping' });
  expect([reads, posted]).toEqual([[false], 5]);
  const take = () => act(1, { type: 'taken', bytes: TAKEN_BYTES });
  take();
  take();
  expect(reads).toEqual([false]);
  take();
  take();
  expect(reads).toEqual([false, true]);
});
