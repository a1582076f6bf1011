import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { assetPath, modulePath, runsFromSources } from '../../kernel/assets.ts';
import { LOAD_THREAD } from './load-thread.ts';
import type { FromWorker, ToWorker, WorkerOrder } from './messages.ts';

const WORKER = modulePath('src/k6/workers/load-worker.ts');
/** A thread that runs from sources starts with a file that Node can read. */
const ENTRY = runsFromSources ? assetPath('src/k6/workers/from-sources.mjs') : WORKER;

/** Messages of a worker about the run; those about the thread itself are handled by `WorkerThread`. */
export type RunMessage = Exclude<
  FromWorker,
  { type: 'ready' | 'done' | 'traces-closed' | 'failed' }
>;

/** One worker thread and the state it last reported. */
export class WorkerThread {
  readonly historyPath: string;
  /** Resolves when the VUs of the start are made; rejects when the thread fails or ends before. */
  readonly ready = withResolvers();
  /** Resolves when the share has been run to its end; rejects when the thread fails or ends before. */
  readonly done = withResolvers();
  /** Resolves when its traces have reached the collector, or are given up. */
  readonly tracesClosed = withResolvers();
  /** 0…1 of its share. */
  progress = 0;
  /** Iterations that the schedules of open models asked for so far; undefined without open models. */
  offered: number | undefined = undefined;
  /** Known when the share is done. */
  lagMsP99 = 0;
  private readonly thread: Worker;

  /** Starts the thread. */
  constructor(order: WorkerOrder, onMessage: (message: RunMessage) => void) {
    const number = order.worker + 1;
    this.historyPath = order.historyPath;
    this.thread = new Worker(ENTRY, {
      ...LOAD_THREAD,
      name: `load ${number}`,
      workerData: runsFromSources ? { ...order, entry: pathToFileURL(WORKER).href } : order,
    });
    this.thread.on('message', (message: FromWorker) => this.receive(message, onMessage));
    this.thread.on('error', (error) => this.fail(error));
    this.thread.on('exit', () =>
      this.fail(new Error(`worker ${number} ended before its share was done`)),
    );
  }

  send(message: ToWorker): void {
    this.thread.postMessage(message);
  }

  /** Ends the thread as if its share was done. */
  giveUp(): void {
    this.ready.resolve();
    this.done.resolve();
    this.tracesClosed.resolve();
    void this.thread.terminate();
  }

  async terminate(): Promise<void> {
    await this.thread.terminate();
  }

  private receive(message: FromWorker, onMessage: (message: RunMessage) => void): void {
    if (message.type === 'ready') this.ready.resolve();
    else if (message.type === 'traces-closed') this.tracesClosed.resolve();
    else if (message.type === 'failed') this.fail(new Error(message.why));
    else if (message.type === 'done') {
      this.lagMsP99 = message.lagMsP99;
      this.done.resolve();
    } else {
      if (message.type === 'report') {
        this.progress = message.progress;
        this.offered = message.offered;
      }
      onMessage(message);
    }
  }

  private fail(error: Error): void {
    this.ready.reject(error);
    this.done.reject(error);
    this.tracesClosed.reject(error);
  }
}

interface PromiseWithResolvers {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** A promise whose rejection is no unhandled one, although nothing may await it yet. */
function withResolvers(): PromiseWithResolvers {
  const made = {} as PromiseWithResolvers;
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {});
  return made;
}
