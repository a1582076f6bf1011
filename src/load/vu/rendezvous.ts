import type { Share } from '../schedule/share.ts';
import { partOf } from '../schedule/share.ts';

/** Gathers buyers and lets them go at one instant. */
export interface Rendezvous {
  /** One more who waits at a place. The last of them sets all free, and a new meeting begins. */
  join(place: Place, guest: Guest): void;
  /** Where others gather too: lets go those of a meeting that is complete. */
  letGo(name: string, round: number): void;
  /** Gives up what has not come to its end. */
  conclude(): void;
}

export interface Place {
  name: string;
  /** Buyers who have to come, in all workers together. */
  size: number;
  timeoutMs: number;
  /** Which of them come here. */
  share: Share;
}

/** Called once, when the guest may go. */
export type Guest = (release: Release) => void;

/** Those let go together: each reports its first request from then on. */
export interface Release {
  /** Right before the request is written; to be told when it ended. */
  written(): { ended(): void };
  /** For one who ends the turn without a request. */
  passed(): void;
}

/** The first requests after one release, in milliseconds of the run's clock; as far as there were any. */
export interface ReleaseTimes {
  name: string;
  round: number;
  /** How many workers have guests in this meeting. */
  workers: number;
  writtenMs: number[];
  endedMs: number[];
}

export interface RendezvousDeps {
  now: () => number;
  log: (line: string) => void;
  /** Told when all who come here are here; absent where nobody gathers elsewhere. */
  onGathered?: (meeting: Pick<ReleaseTimes, 'name' | 'round' | 'workers'>) => void;
  /** Told once of every release. */
  onReleased: (times: ReleaseTimes) => void;
}

interface Meeting {
  place: Place;
  round: number;
  guests: Guest[];
  timer: NodeJS.Timeout;
}

export function createRendezvous(deps: RendezvousDeps): Rendezvous {
  const rounds = new Map<string, number>();
  const gathering = new Map<string, Meeting>();
  /** Complete here, but not yet elsewhere. */
  const waiting = new Map<string, Meeting>();
  const unfinished = new Set<MeasuredRelease>();

  function begin(place: Place): Meeting {
    const { name, timeoutMs } = place;
    const round = rounds.get(name) ?? 0;
    rounds.set(name, round + 1);
    const timer = setTimeout(() => {
      deps.log(
        `rendezvous "${name}": fewer than ${place.size} came within ${timeoutMs / 1_000} s; they go on without the others`,
      );
      release(meeting);
    }, timeoutMs);
    const meeting: Meeting = { place, round, guests: [], timer };
    gathering.set(name, meeting);
    return meeting;
  }

  function release({ place, round, guests, timer }: Meeting): void {
    const { name, size, share } = place;
    clearTimeout(timer);
    waiting.delete(keyOf(name, round));
    if (gathering.get(name)?.round === round) gathering.delete(name);
    const times = { name, round, workers: Math.min(share.of, size), writtenMs: [], endedMs: [] };
    const measured = new MeasuredRelease(times, { now: deps.now, size: guests.length, finish });
    unfinished.add(measured);
    for (const guest of guests) guest(measured);
  }

  function finish(measured: MeasuredRelease): void {
    if (unfinished.delete(measured)) deps.onReleased(measured.times);
  }

  return {
    join(place, guest) {
      const { name, size, share } = place;
      const meeting = gathering.get(name) ?? begin(place);
      if (meeting.place.size !== size) {
        throw new Error(
          `rendezvous "${name}" waits for ${meeting.place.size} buyers and cannot also be one of ${size}`,
        );
      }
      meeting.guests.push(guest);
      if (meeting.guests.length < partOf(size, share)) return;
      const { round } = meeting;
      const workers = Math.min(share.of, size);
      if (workers === 1 || !deps.onGathered) {
        release(meeting);
        return;
      }
      gathering.delete(name);
      waiting.set(keyOf(name, round), meeting);
      deps.onGathered({ name, round, workers });
    },
    letGo(name, round) {
      const meeting = waiting.get(keyOf(name, round));
      if (meeting) release(meeting);
    },
    conclude() {
      for (const { timer } of [...gathering.values(), ...waiting.values()]) clearTimeout(timer);
      for (const measured of [...unfinished]) finish(measured);
    },
  };
}

const keyOf = (name: string, round: number): string => `${round} ${name}`;

class MeasuredRelease implements Release {
  readonly times: ReleaseTimes;
  private readonly deps: { now: () => number; finish: (release: MeasuredRelease) => void };
  /** Those of whom neither the end of a request nor anything else was heard. */
  private expected: number;

  constructor(times: ReleaseTimes, { size, ...deps }: MeasuredRelease['deps'] & { size: number }) {
    this.times = times;
    this.deps = deps;
    this.expected = size;
  }

  written(): { ended(): void } {
    this.times.writtenMs.push(this.deps.now());
    return this;
  }

  ended(): void {
    this.times.endedMs.push(this.deps.now());
    this.passed();
  }

  passed(): void {
    this.expected -= 1;
    if (this.expected === 0) this.deps.finish(this);
  }
}
