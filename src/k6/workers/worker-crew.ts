import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HistoryFile } from '../../history/recorder.ts';
import { type Clock, originOf } from '../../kernel/clock.ts';
import type { Crew, CrewReports } from '../../load/engine/crew.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { Target } from '../../target/target.ts';
import type { OptionOverrides } from '../options.ts';
import type { FromWorker, SampleRow, ToWorker, WorkerOrder } from './messages.ts';

export interface WorkerCrewOptions {
  workers: number;
  script: Pick<LoadedScript, 'path' | 'remoteModules'>;
  /** `__ENV` while the script's options were read. */
  optionsEnv: Record<string, string>;
  /** What stood over the script's options. */
  overrides?: OptionOverrides;
  env: Record<string, string>;
  target: Pick<Target, 'name'>;
  clock: Clock;
  /** Takes the operations of all workers once they have ended. */
  history: Pick<HistoryFile, 'adopt'>;
  /** For the workers' own files. */
  folder: string;
}

const fromSources = import.meta.url.endsWith('.ts');
const ENTRY = new URL(fromSources ? './from-sources.mjs' : './load-worker.js', import.meta.url);

/** From the moment all buyers of a rendezvous are known to be there; every worker must have heard of it by then. */
const RELEASE_AFTER_MS = 10;

/** A worker thread as the crew sees it. */
interface Member {
  thread: Worker;
  historyPath: string;
  progress: number;
  offered: number | undefined;
  lagMsP99: number;
  ready: PromiseWithResolvers<void>;
  done: PromiseWithResolvers<void>;
}

/**
 * Runs the scenarios in worker threads: one schedule, of which each has every n-th arrival, iteration and VU, so that
 * no two ever act for the same buyer. What they count is absorbed here, where thresholds are judged over all of it.
 */
export function createWorkerCrew(options: WorkerCrewOptions, deps: CrewReports): Crew {
  const { clock, workers } = options;
  const members: Member[] = [];
  const gathered = new Map<string, number>();
  let lagMsMax = 0;
  let prepared = false;
  let givenUp = false;

  const tell = (message: ToWorker): void => {
    for (const { thread } of members) thread.postMessage(message);
  };

  function start(index: number): Member {
    const order: WorkerOrder = {
      scriptPath: options.script.path,
      remoteModules: options.script.remoteModules,
      optionsEnv: options.optionsEnv,
      overrides: options.overrides,
      env: options.env,
      share: { index, of: workers },
      target: options.target.name,
      clockOriginNs: originOf(clock),
      historyPath: join(options.folder, `history.worker-${index + 1}`),
      wantsSamples: deps.observe !== undefined,
    };
    const entry = new URL('./load-worker.ts', import.meta.url).href;
    const thread = new Worker(ENTRY, {
      name: `load ${index + 1}`,
      workerData: fromSources ? { ...order, entry } : order,
    });
    const member: Member = {
      thread,
      historyPath: order.historyPath,
      progress: 0,
      offered: undefined,
      lagMsP99: 0,
      ready: withResolvers(),
      done: withResolvers(),
    };
    const fail = (error: Error): void => {
      member.ready.reject(error);
      member.done.reject(error);
    };
    thread.on('message', (message: FromWorker) => {
      if (message.type === 'failed') fail(new Error(message.why));
      else receive(member, message);
    });
    thread.on('error', fail);
    thread.on('exit', () => fail(new Error(`worker ${index + 1} ended before its share was done`)));
    return member;
  }

  function receive(member: Member, message: Exclude<FromWorker, { type: 'failed' }>): void {
    switch (message.type) {
      case 'ready':
        member.ready.resolve();
        break;
      case 'report':
        deps.tally.absorb(message.tally);
        for (const sample of message.samples) handOver(sample);
        member.progress = message.progress;
        member.offered = message.offered;
        lagMsMax = Math.max(lagMsMax, message.lagMsMax);
        break;
      case 'log':
        deps.log(message.line);
        break;
      case 'script-abort':
        deps.onScriptAbort(message.reason);
        break;
      case 'gathered':
        gather(message);
        break;
      case 'released':
        deps.releases.add(message.times);
        break;
      case 'done':
        member.lagMsP99 = message.lagMsP99;
        member.done.resolve();
        break;
    }
  }

  function giveUp({ thread, ready, done }: Member): void {
    ready.resolve();
    done.resolve();
    void thread.terminate();
  }

  function gather({ name, round, workers: expected }: Extract<FromWorker, { type: 'gathered' }>) {
    const key = `${round} ${name}`;
    const there = (gathered.get(key) ?? 0) + 1;
    gathered.set(key, there);
    if (there < expected) return;
    gathered.delete(key);
    tell({ type: 'go', name, round, atMs: clock.monotonicNs() / 1e6 + RELEASE_AFTER_MS });
  }

  function handOver({ name, metricType, contains, value, tags, timeMs }: SampleRow): void {
    const metric = deps.tally.metrics.define(name, metricType, contains);
    deps.observe?.(metric, value, { tag: (tag) => tags[tag], allTags: () => tags }, timeMs);
  }

  return {
    threads: workers,
    async prepare() {
      for (let index = 0; index < workers; index += 1) members.push(start(index));
      await Promise.all(members.map(({ ready }) => ready.promise));
      prepared = true;
    },
    async run(startMs, setupData) {
      if (givenUp) return;
      tell({ type: 'run', startMs, setupData });
      await Promise.all(members.map(({ done }) => done.promise));
      const parts = members.map(({ historyPath }) => historyPath);
      await options.history.adopt(parts);
      await Promise.all(parts.map((path) => rm(path)));
    },
    stop: () => tell({ type: 'stop' }),
    abort() {
      tell({ type: 'abort' });
      // Threads that are still at their beginning would write into a folder that may be gone by then.
      givenUp ||= !prepared;
      if (givenUp) for (const member of members) giveUp(member);
    },
    progress() {
      return members.reduce((sum, { progress }) => sum + progress, 0) / Math.max(1, members.length);
    },
    offered() {
      const offered = members.flatMap((member) => member.offered ?? []);
      return offered.length === 0 ? undefined : offered.reduce((sum, count) => sum + count);
    },
    takeLagMsMax() {
      const longest = lagMsMax;
      lagMsMax = 0;
      return longest;
    },
    lagMsP99: () => Math.max(...members.map((member) => member.lagMsP99)),
    async close() {
      await Promise.all(members.map(({ thread }) => thread.terminate()));
    },
  };
}

interface PromiseWithResolvers<Value> {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (error: Error) => void;
}

/** Nobody has to be listening when it is rejected. */
function withResolvers(): PromiseWithResolvers<void> {
  const made = {} as PromiseWithResolvers<void>;
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {});
  return made;
}
