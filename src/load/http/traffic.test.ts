import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createTraffic } from './traffic.ts';

it('adds up the bytes of open and of closed sockets, and those written past them', () => {
  const traffic = createTraffic();
  const first = Object.assign(new EventEmitter(), { bytesWritten: 10, bytesRead: 100 });
  const second = Object.assign(new EventEmitter(), { bytesWritten: 1, bytesRead: 2 });
  for (const socket of [first, second]) traffic.watch(socket as unknown as Socket);
  expect(traffic.totals()).toEqual({ sentBytes: 11, receivedBytes: 102 });

  first.bytesWritten = 20;
  first.emit('close');
  second.bytesRead = 3;
  traffic.sentDirectly(1_000);
  expect(traffic.totals()).toEqual({ sentBytes: 1_021, receivedBytes: 103 });
});
