import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Share, WHOLE } from '../schedule/share.ts';
import type { Release, ReleaseTimes } from './release.ts';
import { createRendezvous, type RendezvousDeps } from './rendezvous.ts';

afterEach(() => void vi.useRealTimers());

/** A place where VUs wait; each reading of its clock is one millisecond later. */
function createDoor({ share = WHOLE as Share, onGathered = undefined as OnGathered } = {}) {
  const released: ReleaseTimes[] = [];
  const free: Release[] = [];
  const log: string[] = [];
  let atMs = 0;
  const rendezvous = createRendezvous({
    now: () => atMs++,
    log: (line) => log.push(line),
    ...(onGathered && { onGathered }),
    onReleased: (times) => released.push(times),
  });
  const join = (size: number): void =>
    rendezvous.join({ name: 'door', size, timeoutMs: 60_000, share }, (release) =>
      free.push(release),
    );
  return { rendezvous, released, free, log, join };
}

type OnGathered = RendezvousDeps['onGathered'];

describe('a rendezvous', () => {
  it('releases all when the last has joined, and then begins a new round', () => {
    const { rendezvous, free, join } = createDoor();
    join(3);
    join(3);
    expect(free).toHaveLength(0);
    join(3);
    expect(free).toHaveLength(3);
    join(3);
    expect(free).toHaveLength(3);
    expect(() => join(2)).toThrow('waits for 3 VUs and cannot also be one of 2');
    rendezvous.close();
  });

  it('reports a release when each VU has ended a request or passed', () => {
    const { released, free, join } = createDoor();
    for (let joined = 0; joined < 3; joined += 1) join(3);
    const [first, second, third] = free as [Release, Release, Release];
    const firstRequest = first.written();
    third.passed();
    const secondRequest = second.written();
    firstRequest.ended();
    expect(released).toEqual([]);
    secondRequest.ended();
    expect(released).toEqual([
      { name: 'door', round: 0, workers: 1, writtenMs: [0, 1], endedMs: [2, 3] },
    ]);
  });

  it('reports an unfinished release when the run ends', () => {
    const { rendezvous, released, free, join } = createDoor();
    join(1);
    free[0]?.written();
    rendezvous.close();
    expect(released).toMatchObject([{ writtenMs: [0], endedMs: [] }]);
  });

  it('releases an incomplete round after its timeout, and logs it', () => {
    vi.useFakeTimers();
    const { free, log, join } = createDoor();
    join(2);
    vi.advanceTimersByTime(59_999);
    expect(free).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(free).toHaveLength(1);
    expect(log).toEqual([
      'rendezvous "door": fewer than 2 came within 60 s; they go on without the others',
    ]);
    join(2);
    join(2);
    expect(free).toHaveLength(3);
  });

  it('does not wait for the VUs of another process', () => {
    const gathered: unknown[] = [];
    const { rendezvous, free, join } = createDoor({
      share: { index: 1, of: 2, processes: 2 },
      onGathered: (round) => gathered.push(round),
    });
    join(4);
    expect(free).toHaveLength(0);
    join(4);
    expect(free).toHaveLength(2);
    expect(gathered).toEqual([]);
    rendezvous.close();
  });

  it('waits for other workers when its own VUs are there, while the next round begins', () => {
    const gathered: unknown[] = [];
    const { rendezvous, released, free, join } = createDoor({
      share: { index: 0, of: 2 },
      onGathered: (round) => gathered.push(round),
    });
    join(3);
    expect(gathered).toEqual([]);
    join(3);
    expect(gathered).toEqual([{ name: 'door', round: 0, workers: 2 }]);
    join(3);
    expect(gathered).toHaveLength(1);
    expect(free).toHaveLength(0);
    rendezvous.release('door', 0);
    expect(free).toHaveLength(2);
    for (const release of free) release.passed();
    expect(released).toMatchObject([{ round: 0, workers: 2 }]);
    rendezvous.close();
  });
});
