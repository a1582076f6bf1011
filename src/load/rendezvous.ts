import { untagged } from './metrics.ts';
import type { RunMetrics } from './run-metrics.ts';

/** Gathers buyers and lets them go at one instant, and says how well that went. */
export interface Rendezvous {
  /** One more who waits at a place. The last of `size` sets all of them free, and a new meeting begins. */
  join(place: { name: string; size: number; timeoutMs: number }, guest: Guest): void;
  /** Takes down the releases of which not every buyer sent a request. */
  conclude(): void;
}

/** Called once, when the guest may go. */
export type Guest = (release: Release) => void;

/** Those let go together: each reports its first request from then on. */
export interface Release {
  written(atMs: number): void;
  /** Call once for each request that was written. */
  ended(): void;
}

interface Meeting {
  name: string;
  size: number;
  guests: Guest[];
  timer: NodeJS.Timeout;
}

export interface RendezvousDeps {
  metrics: Pick<RunMetrics, 'rendezvousSkew' | 'rendezvousInFlight'>;
  log: (line: string) => void;
}

export function createRendezvous({ metrics, log }: RendezvousDeps): Rendezvous {
  const open = new Map<string, Meeting>();
  const unfinished = new Set<MeasuredRelease>();

  function letGo({ name, guests, timer }: Meeting): void {
    clearTimeout(timer);
    open.delete(name);
    const release = new MeasuredRelease(guests.length, takeDown);
    unfinished.add(release);
    for (const guest of guests) guest(release);
  }

  function takeDown(release: MeasuredRelease): void {
    unfinished.delete(release);
    if (release.sent === 0) return;
    metrics.rendezvousSkew.add(release.lastAtMs - release.firstAtMs, untagged);
    metrics.rendezvousInFlight.add(release.inFlightMax, untagged);
  }

  function begin(name: string, size: number, timeoutMs: number): Meeting {
    const timer = setTimeout(() => {
      log(
        `rendezvous "${name}": only ${meeting.guests.length} of ${size} came within ${timeoutMs / 1_000} s; they go on without the others`,
      );
      letGo(meeting);
    }, timeoutMs);
    const meeting: Meeting = { name, size, guests: [], timer };
    open.set(name, meeting);
    return meeting;
  }

  return {
    join({ name, size, timeoutMs }, guest) {
      const meeting = open.get(name) ?? begin(name, size, timeoutMs);
      if (meeting.size !== size) {
        throw new Error(
          `rendezvous "${name}" waits for ${meeting.size} buyers and cannot also be one of ${size}`,
        );
      }
      meeting.guests.push(guest);
      if (meeting.guests.length === size) letGo(meeting);
    },
    conclude() {
      for (const { timer } of open.values()) clearTimeout(timer);
      for (const release of [...unfinished]) takeDown(release);
    },
  };
}

class MeasuredRelease implements Release {
  firstAtMs = 0;
  lastAtMs = 0;
  sent = 0;
  inFlightMax = 0;
  private inFlight = 0;
  private readonly size: number;
  private readonly onAnswered: (release: MeasuredRelease) => void;

  constructor(size: number, onAnswered: (release: MeasuredRelease) => void) {
    this.size = size;
    this.onAnswered = onAnswered;
  }

  written(atMs: number): void {
    if (this.sent === 0) this.firstAtMs = atMs;
    this.lastAtMs = atMs;
    this.sent += 1;
    this.inFlight += 1;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
  }

  ended(): void {
    this.inFlight -= 1;
    if (this.sent === this.size && this.inFlight === 0) this.onAnswered(this);
  }
}
