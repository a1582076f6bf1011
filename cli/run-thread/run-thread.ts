import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { BeatReader, createBeats } from '../../src/k6/workers/beats.ts';
import { LOAD_THREAD } from '../../src/k6/workers/load-thread.ts';
import { assetPath, modulePath, runsFromSources } from '../../src/kernel/assets.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { ToldError } from '../render/error.ts';
import type { FromRun, RunOrder, RunResult } from './messages.ts';
import { type Standstill, ThreadInspector } from './thread-inspector.ts';

const THREAD = modulePath('cli/run-thread/thread-main.ts');
/** A thread that runs from sources starts with a file that Node can read. */
const ENTRY = runsFromSources ? assetPath('src/k6/workers/from-sources.mjs') : THREAD;

const WATCH_EVERY_MS = 250;
/** A script that keeps its thread for so long is named while it does. */
const TELL_AFTER_MS = 5_000;
/** A thread that stands still for so long is ended if the user has asked for an end, or its own time is over. */
const STILL_MS_MAX = 2_000;
/** The time after a second signal in which a thread that stands still may come to life. */
const GIVE_UP_MS = 5_000;

export interface RunThreadDeps {
  onEvent: (event: RunEvent) => void;
  note: (line: string) => void;
}

/**
 * A run in a thread of its own. This thread stays free: it hears signals, draws the screen, and ends code of the script
 * that would run for ever, wherever it is.
 */
export class RunThread {
  /** The result; undefined for a run that was given up. Rejects with the error for which there is none. */
  readonly result: Promise<RunResult | undefined>;
  private readonly worker: Worker;
  private readonly beats: BeatReader;
  private readonly deps: RunThreadDeps;
  private readonly threads: string[];
  private readonly told = new Set<string>();
  private settle!: {
    resolve: (result: RunResult | undefined) => void;
    reject: (error: unknown) => void;
  };
  private limitAtMs = Number.POSITIVE_INFINITY;
  private signals = 0;
  private givenUpAtMs = Number.POSITIVE_INFINITY;
  private isLooking = false;
  /** The place and the reason where code of the script was ended; undefined if none was. */
  endedAt: string | undefined;

  constructor(order: Omit<RunOrder, 'beats'>, deps: RunThreadDeps) {
    this.deps = deps;
    const beats = createBeats();
    this.beats = new BeatReader(beats);
    const workers = order.options.workers ?? 1;
    this.threads = [
      'run',
      ...Array.from({ length: workers > 1 ? workers : 0 }, (_, n) => `load ${n + 1}`),
    ];
    const data: RunOrder = { ...order, beats };
    this.worker = new Worker(ENTRY, {
      ...LOAD_THREAD,
      name: 'run',
      workerData: runsFromSources ? { ...data, entry: pathToFileURL(THREAD).href } : data,
    });
    const ended = new Promise<RunResult | undefined>((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.worker.on('message', (message: FromRun) => this.receive(message));
    this.worker.on('error', (error) => this.settle.reject(error));
    this.worker.on('exit', () => this.leave());
    const watch = setInterval(() => void this.watch(), WATCH_EVERY_MS);
    this.result = ended.finally(async () => {
      clearInterval(watch);
      await this.worker.terminate();
    });
  }

  /** The first signal ends the load, and the verdict is still reached; the second gives the run up. */
  stop(): void {
    this.signals += 1;
    if (this.signals > 1) this.abort();
    else this.worker.postMessage({ type: 'stop' });
  }

  abort(): void {
    this.signals += 1;
    this.givenUpAtMs = Math.min(this.givenUpAtMs, performance.now());
    this.worker.postMessage({ type: 'abort' });
  }

  private receive(message: FromRun): void {
    switch (message.type) {
      case 'event':
        this.deps.onEvent(message.event);
        break;
      case 'stopping':
        this.deps.note(
          'stopping: running iterations may finish, then the verdict; Ctrl-C again gives up',
        );
        break;
      case 'limit':
        this.limitAtMs = performance.now() + (message.durationMs ?? Number.POSITIVE_INFINITY);
        break;
      case 'ended':
        this.settle.resolve(message.result);
        break;
      case 'given-up':
        this.settle.resolve(undefined);
        break;
      case 'failed':
        this.settle.reject(new ToldError(message.error));
        break;
    }
  }

  /** Where init code was dropped on the user's wish, the thread has nothing left to do, and may not even hear why. */
  private leave(): void {
    if (this.endedAt !== undefined && this.signals > 0) this.settle.resolve(undefined);
    else this.settle.reject(new ThreadLeft());
  }

  /** Looks at threads that stand still. */
  private async watch(): Promise<void> {
    const nowMs = performance.now();
    const still = this.threads.flatMap((name, number) => {
      const stillMs = this.beats.stillMs(number, nowMs);
      if (stillMs < STILL_MS_MAX) this.told.delete(name);
      return stillMs < STILL_MS_MAX ? [] : [{ name, stillMs }];
    });
    if (nowMs - this.givenUpAtMs > GIVE_UP_MS && still.some(({ name }) => name === 'run')) {
      this.settle.resolve(undefined);
      return;
    }
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      for (const { name, stillMs } of still) await this.lookAt(name, stillMs);
    } finally {
      this.isLooking = false;
    }
  }

  private async lookAt(name: string, stillMs: number): Promise<void> {
    const asked = this.signals > 0;
    const ends = asked || performance.now() > this.limitAtMs + STILL_MS_MAX;
    if (!ends && (this.told.has(name) || stillMs < TELL_AFTER_MS)) return;
    const since = `for ${Math.round(stillMs / 1_000)} s`;
    const whereIn = ({ place }: Standstill): string => (place === undefined ? '' : `${place}: `);
    // The message waits for the thread when it goes on, so that a load which ends at once has heard of it.
    const end = (standstill: Standstill): void => {
      const why = `${whereIn(standstill)}the script did not let anything else run ${since}, so it was ended there`;
      this.endedAt = why;
      // Without a wish of the user it is an exception of the script, which the run itself tells.
      if (asked) this.deps.note(why);
      this.worker.postMessage({ type: 'cut', cut: { why, asked } });
    };
    const standstill = await inspect(name, ends ? end : undefined);
    this.told.add(name);
    if (standstill === undefined || ends) return;
    this.deps.note(
      `${whereIn(standstill)}the script has not let anything else run ${since}: is this a loop without an end?`,
    );
  }
}

/** The thread of a run has ended without a word, because the script has ended it. */
export class ThreadLeft extends Error {}

async function inspect(
  name: string,
  onEnd: ((standstill: Standstill) => void) | undefined,
): Promise<Standstill | undefined> {
  const inspector = new ThreadInspector();
  try {
    await inspector.open(name);
    return await inspector.look(name, { onEnd });
  } finally {
    inspector.close();
  }
}
