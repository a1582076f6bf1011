import { partOf, type Share, workersBeside } from '../schedule/share.ts';
import { MeasuredRelease, type Release, type ReleaseTimes } from './release.ts';

/** Lets VUs wait at a place until enough of them are there, and releases them at one instant. */
export interface Rendezvous {
  /** Adds a VU that waits at a place. The last one releases all of the round, and the next round begins. */
  join(place: Place, onRelease: (release: Release) => void): void;
  /** Releases a round that is complete in all workers. Only for rounds that `onGathered` reported. */
  release(name: string, round: number): void;
  /** Ends the timers, and reports the releases that are not finished as far as they were measured. */
  close(): void;
}

export interface Place {
  name: string;
  /** Number of VUs in a round, in all workers together; several processes have rounds of their own, each with its part. */
  size: number;
  /** The VUs of an incomplete round are released after this time. */
  timeoutMs: number;
  /** The part of them that waits in this worker. */
  share: Share;
}

export interface RendezvousDeps {
  /** Monotonic milliseconds. */
  now: () => number;
  log: (line: string) => void;
  /** Called when all VUs of this worker wait, in rounds that other workers take part in; absent without workers. */
  onGathered?: (round: Pick<ReleaseTimes, 'name' | 'round' | 'workers'>) => void;
  /** Called once for every release. */
  onReleased: (times: ReleaseTimes) => void;
}

/** The VUs that wait at a place for their common release. */
interface Round {
  place: Place;
  number: number;
  waiting: ((release: Release) => void)[];
  timer: NodeJS.Timeout;
}

export function createRendezvous(deps: RendezvousDeps): Rendezvous {
  return new Rounds(deps);
}

class Rounds implements Rendezvous {
  private readonly deps: RendezvousDeps;
  /** The number of the next round, by the name of its place. */
  private readonly nextNumbers = new Map<string, number>();
  private readonly gathering = new Map<string, Round>();
  /** Rounds that are complete here, but perhaps not in other workers. */
  private readonly gathered = new Map<string, Round>();
  private readonly unfinished = new Set<MeasuredRelease>();

  constructor(deps: RendezvousDeps) {
    this.deps = deps;
  }

  join(place: Place, onRelease: (release: Release) => void): void {
    const { name, size, share } = place;
    const round = this.gathering.get(name) ?? this.begin(place);
    if (round.place.size !== size) {
      throw new Error(
        `rendezvous "${name}" waits for ${round.place.size} VUs and cannot also be one of ${size}`,
      );
    }
    round.waiting.push(onRelease);
    if (round.waiting.length < partOf(size, share)) return;
    const workers = workersOf(place);
    if (workers === 1 || !this.deps.onGathered) {
      this.releaseRound(round);
      return;
    }
    this.gathering.delete(name);
    this.gathered.set(keyOf(name, round.number), round);
    this.deps.onGathered({ name, round: round.number, workers });
  }

  release(name: string, number: number): void {
    const round = this.gathered.get(keyOf(name, number));
    if (round) this.releaseRound(round);
  }

  close(): void {
    for (const { timer } of [...this.gathering.values(), ...this.gathered.values()]) {
      clearTimeout(timer);
    }
    for (const measured of [...this.unfinished]) this.finish(measured);
  }

  private begin(place: Place): Round {
    const { name, size, timeoutMs } = place;
    const number = this.nextNumbers.get(name) ?? 0;
    this.nextNumbers.set(name, number + 1);
    const timer = setTimeout(() => {
      this.deps.log(
        `rendezvous "${name}": fewer than ${size} came within ${timeoutMs / 1_000} s; they go on without the others`,
      );
      this.releaseRound(round);
    }, timeoutMs);
    const round: Round = { place, number, waiting: [], timer };
    this.gathering.set(name, round);
    return round;
  }

  private releaseRound({ place, number, waiting, timer }: Round): void {
    const { name } = place;
    clearTimeout(timer);
    this.gathered.delete(keyOf(name, number));
    if (this.gathering.get(name)?.number === number) this.gathering.delete(name);
    const measured = new MeasuredRelease(
      { name, round: number, workers: workersOf(place), writtenMs: [], endedMs: [] },
      {
        now: this.deps.now,
        size: waiting.length,
        finish: (release) => this.finish(release),
      },
    );
    this.unfinished.add(measured);
    for (const onRelease of waiting) onRelease(measured);
  }

  private finish(measured: MeasuredRelease): void {
    if (this.unfinished.delete(measured)) this.deps.onReleased(measured.times);
  }
}

/** Number of workers of this process whose VUs wait at a place. */
const workersOf = ({ size, share }: Place): number => workersBeside(share, size);

const keyOf = (name: string, round: number): string => `${round} ${name}`;
