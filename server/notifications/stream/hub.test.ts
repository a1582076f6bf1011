import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { createStreamHub, type StreamEnd } from './hub.ts';

/** A WebSocket whose other side never does anything by itself. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  sent: string[] = [];
  pings = 0;
  closedWith: number | undefined;
  wasCut = false;
  send(text: string) {
    this.sent.push(text);
  }
  ping() {
    this.pings += 1;
  }
  close(code: number) {
    this.closedWith = code;
    this.readyState = 2;
  }
  terminate() {
    this.wasCut = true;
    this.readyState = 3;
    this.emit('close');
  }
}

function newHub(limits: { streamsMax?: number; streamsPerUserMax?: number } = {}) {
  const ended: StreamEnd[] = [];
  let nowMs = 1_000;
  const hub = createStreamHub({
    limits: {
      ...{ streamsMax: 10, streamsPerUserMax: 2, waitingBytesMax: 100, closingMs: 0 },
      ...limits,
    },
    nowMs: () => nowMs,
    onEnd: (end) => ended.push(end),
  });
  const add = (userId: string, facts: { sessionId?: string; expiresAtMs?: number } = {}) => {
    const socket = new FakeSocket();
    const reader = { userId, sessionId: `session of ${userId}`, expiresAtMs: 10_000, ...facts };
    hub.add(reader, socket as unknown as WebSocket);
    return socket;
  };
  return {
    ...{ hub, ended, add },
    passTo: (ms: number) => {
      nowMs = ms;
    },
  };
}

it('cuts a reader off for whom too much waits, and sends the others what they are told', () => {
  const { hub, ended, add } = newHub();
  const [slow, quick] = [add('ann'), add('ann')];
  slow.bufferedAmount = 101;
  quick.bufferedAmount = 100;
  hub.send('ann', 'told');
  expect([slow.wasCut, quick.wasCut, quick.sent]).toEqual([true, false, ['told']]);
  expect([ended, hub.size()]).toEqual([['slow'], 1]);
});

it('cuts a reader off who pings and takes no answers', () => {
  const { ended, add } = newHub();
  const socket = add('ann');
  socket.emit('ping');
  expect(socket.wasCut).toBe(false);
  socket.bufferedAmount = 101;
  socket.emit('ping');
  expect(ended).toEqual(['slow']);
});

it('cuts a reader off who has not answered a ping by the next beat', () => {
  const { hub, ended, add } = newHub();
  const [silent, alive] = [add('ann'), add('bob')];
  hub.beat();
  alive.emit('pong');
  hub.beat();
  expect([silent.wasCut, alive.wasCut, alive.pings]).toEqual([true, false, 2]);
  expect([ended, hub.userIds()]).toEqual([['silent'], ['bob']]);
});

it('closes a stream whose token has expired', () => {
  const { hub, add, passTo } = newHub();
  const [old, young] = [add('ann', { expiresAtMs: 2_000 }), add('bob')];
  hub.beat();
  for (const socket of [old, young]) socket.emit('pong');
  passTo(2_000);
  hub.beat();
  expect([old.closedWith, young.closedWith]).toEqual([4401, undefined]);
});

it('cuts a reader off who does not answer when its stream is closed', async () => {
  const { hub, ended, add } = newHub();
  const socket = add('ann');
  const closed = hub.close();
  expect([socket.closedWith, socket.wasCut]).toEqual([1001, false]);
  await closed;
  expect([socket.wasCut, ended, hub.size()]).toEqual([true, ['draining'], 0]);
});

it('sends nothing on a stream that is being closed', () => {
  const { hub, add } = newHub();
  const socket = add('ann', { sessionId: 's' });
  hub.endSessions((id) => id === 's');
  hub.send('ann', 'told');
  expect([socket.closedWith, socket.sent]).toEqual([4401, []]);
});

it('has room for so many streams of a user, and of all users', () => {
  const { hub, add } = newHub({ streamsMax: 3 });
  expect(hub.whyFull('ann')).toBeUndefined();
  const sockets = [add('ann'), add('ann')];
  expect(hub.whyFull('ann')).toBe('You have 2 streams open already.');
  expect(hub.whyFull('bob')).toBeUndefined();
  add('bob');
  expect(hub.whyFull('cid')).toBe('This instance has no room for more streams.');
  sockets[0]?.terminate();
  expect(hub.whyFull('ann')).toBeUndefined();
});
