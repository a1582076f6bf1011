import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { assetPath, modulePath, runsFromSources } from '../../kernel/assets.ts';
import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import type { ScriptFunctions } from '../../load/vu/script.ts';
import type { Vu } from '../../load/vu/vu.ts';
import type { Bundle } from '../script/bundle.ts';
import { createAnswerer } from './answer.ts';
import type { CallEnd, FromVu, FunctionCall, SentCall, ToVu, VuOrder } from './messages.ts';
import { takeNote } from './notes.ts';
import { unpackCall } from './packed-call.ts';
import { createSocketActions } from './socket-actions.ts';
import { packThrown, unpackThrown } from './thrown-value.ts';

const THREAD = modulePath('src/k6/blocking/vu-main.ts');
/** A thread that runs from sources starts with a file that Node can read. */
const ENTRY = runsFromSources ? assetPath('src/k6/workers/from-sources.mjs') : THREAD;

/**
 * Starts a thread that runs the script for a VU as it is written, and serves it: the engine's VU sends its requests,
 * counts its samples and keeps its cookies.
 *
 * @returns the functions of the script, by which they are called in the thread
 */
export function startVuThread(
  vu: Vu,
  script: {
    path: string;
    bundle: Bundle;
    names: string[];
    describeError: (error: unknown) => string;
  },
): ScriptFunctions {
  const thread = new VuThread(vu, script);
  vu.ready = thread.ready;
  vu.onGone = () => thread.end();
  return Object.fromEntries(
    script.names.map((name) => [name, (argument?: unknown) => thread.call(name, argument)]),
  );
}

interface Settle {
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

class VuThread {
  readonly ready: Promise<void>;
  private readonly vu: Vu;
  private readonly describeError: (error: unknown) => string;
  private readonly worker: Worker;
  private readonly arrivals = new SharedArrayBuffer(4);
  private readonly answer: ReturnType<typeof createAnswerer>;
  private readonly act: ReturnType<typeof createSocketActions>;
  private readonly usualTest: Vu['expectedStatus'];
  private isStarting = true;
  private lastArgument: { value: unknown } | undefined;
  /** The start of the thread or the call that runs in it. */
  private current: Settle | undefined;
  /** The reason why the thread can take no more calls. */
  private gone: Error | undefined;

  constructor(vu: Vu, { path, bundle, describeError }: Parameters<typeof startVuThread>[1]) {
    this.vu = vu;
    this.describeError = describeError;
    this.answer = createAnswerer(vu, bundle.originOf);
    this.act = createSocketActions(vu, (id, event) => this.post({ type: 'socket', id, event }));
    this.usualTest = vu.expectedStatus;
    const { group: _, ...baseTags } = vu.allTags();
    const order: VuOrder = {
      scriptPath: path,
      code: bundle.code,
      waits: bundle.waits,
      id: vu.id,
      env: vu.env,
      http: vu.http,
      baseTags,
      options: JSON.parse(JSON.stringify(vu.run.options)),
      arrivals: this.arrivals,
    };
    this.worker = new Worker(ENTRY, {
      name: `VU ${vu.id}`,
      workerData: runsFromSources ? { ...order, entry: pathToFileURL(THREAD).href } : order,
    });
    this.ready = new Promise<unknown>((resolve, reject) => {
      this.current = { resolve, reject };
    }).then(() => {
      this.isStarting = false;
      vu.initializing = false;
    });
    // A VU that is made during the run has nobody who waits for it: its first call gets the error.
    this.ready.catch(() => {});
    this.worker.on('message', (message: FromVu) => this.receive(message));
    this.worker.on('error', (error) => this.settle()?.reject(error));
    this.worker.on('exit', () => {
      // A thread that the engine ends has no call any more: `end` has settled it.
      this.gone = new Error(
        'the script ended the thread of its VU, as `exit` of Node’s process does',
      );
      this.settle()?.reject(this.gone);
    });
  }

  async call(name: string, argument: unknown): Promise<unknown> {
    await this.ready;
    const { vu } = this;
    if (vu.interrupted) throw new IterationInterrupted();
    if (this.gone !== undefined) throw this.gone;
    const iteration = vu.currentIteration;
    const message: FunctionCall = {
      type: 'call',
      name,
      group: vu.group,
      iterationCount: vu.iterationCount,
      iteration: iteration && {
        scenario: iteration.scenario.name,
        executor: iteration.scenario.executor,
        startedAtMs: iteration.scenarioStartedAtMs,
        number: iteration.number,
      },
      elapsedMs: vu.run.elapsedMs(),
    };
    if (!this.lastArgument || this.lastArgument.value !== argument) {
      this.lastArgument = { value: argument };
      message.argument = { value: argument };
    }
    return await new Promise((resolve, reject) => {
      this.current = { resolve, reject };
      this.post(message);
    });
  }

  /** Ends the thread, whatever it does. A VU that was still starting has nothing left to wait for. */
  end(): void {
    if (this.isStarting) this.settle()?.resolve(undefined);
    else this.settle()?.reject(new IterationInterrupted());
    void this.worker.terminate();
  }

  private receive({ notes, group, tags, then }: FromVu): void {
    const { vu } = this;
    if (vu.interrupted) return;
    for (const note of notes) takeNote(note, vu, this.answer.metrics, this.describeError);
    vu.group = group;
    vu.tags = tags;
    switch (then.type) {
      case 'ready':
        this.settle()?.resolve(undefined);
        break;
      case 'send':
        this.send(then.id, then.call);
        break;
      case 'socket':
        this.act(then.id, then.action);
        break;
      case 'ask':
        this.answer.to(then.question).then(
          (value) => this.post({ type: 'answer', id: then.id, value }),
          (error) => this.post({ type: 'answer', id: then.id, error: packThrown(error) }),
        );
        break;
      case 'returned':
        this.settle()?.resolve(then.result);
        break;
      case 'threw':
        this.settle()?.reject(unpackThrown(then.error, true));
        break;
    }
  }

  private send(id: number, call: SentCall): void {
    const { request, storedCookies } = unpackCall(call, { usual: this.usualTest, nowMs: Date.now });
    this.vu.calls.send(request, {
      done: ({ url, exchange }) => {
        const packed = exchange.pack(!call.dropsBody);
        const end: CallEnd = { url, exchange: packed, storedCookies };
        this.post({ type: 'ended', id, end }, packed.body && [packed.body.buffer as ArrayBuffer]);
      },
      failed: (error) => this.post({ type: 'ended', id, end: { failure: packThrown(error) } }),
    });
  }

  private post(message: ToVu, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
    const count = new Int32Array(this.arrivals);
    Atomics.add(count, 0, 1);
    Atomics.notify(count, 0);
  }

  private settle(): Settle | undefined {
    const { current } = this;
    this.current = undefined;
    return current;
  }
}
