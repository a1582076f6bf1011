import { describe, expect, it } from 'vitest';
import { createTickStream } from './tick-stream.ts';

describe('tick stream', () => {
  it('gives a slow reader the newest tick and ends after it', async () => {
    const stream = createTickStream<number>();
    for (const tick of [1, 2, 3]) stream.push(tick);
    stream.end();
    const read: number[] = [];
    for await (const tick of stream) read.push(tick);
    expect(read).toEqual([3]);
  });

  it('wakes a waiting reader for each tick', async () => {
    const stream = createTickStream<number>();
    const reader = stream[Symbol.asyncIterator]();
    const first = reader.next();
    stream.push(1);
    expect(await first).toEqual({ done: false, value: 1 });
    const second = reader.next();
    stream.end();
    expect((await second).done).toBe(true);
    expect((await reader.next()).done).toBe(true);
  });
});
