import { Session } from 'node:inspector';

/** A place in the code of a thread that stands there: the file is named as the user knows it. */
export interface Standstill {
  /** `shop.js:12`; absent if the place is in none of the script's files. */
  place?: string;
}

interface CallFrame {
  location: { scriptId: string; lineNumber: number; columnNumber?: number };
}

/** How long a thread may take to answer. One that runs JavaScript answers within milliseconds. */
const ANSWER_MS_MAX = 2_000;

/**
 * Looks into the threads of this process, and ends what one of them is doing. Node's inspector reaches a thread whose event
 * loop is not served, and the thread lives on afterwards: only the JavaScript that ran is dropped.
 */
export class ThreadInspector {
  private readonly session = new Session();
  private readonly sessionIds = new Map<string, string>();
  /** The files of a thread's code by the ids that its inspector gives them. */
  private readonly files = new Map<string, string>();
  private readonly answers = new Map<number, (result: unknown) => void>();
  private onPaused: (frames: CallFrame[]) => void = () => {};
  private lastId = 0;

  /** Attaches to the threads of this process. Resolves when it can reach the one of that name, or cannot. */
  async open(thread: string): Promise<void> {
    this.session.connect();
    const attached = new Promise<void>((resolve) => {
      this.session.on('NodeWorker.attachedToWorker', ({ params: { workerInfo, sessionId } }) => {
        // The title is "[worker 3] its name".
        const name = workerInfo.title.replace(/^\[worker \d+\] /, '');
        this.sessionIds.set(name, sessionId);
        if (name === thread) resolve();
      });
    });
    this.session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      const message = JSON.parse(params.message);
      if (message.method === 'Debugger.scriptParsed') {
        this.files.set(message.params.scriptId, message.params.url);
      }
      if (message.method === 'Debugger.paused') this.onPaused(message.params.callFrames);
      this.answers.get(message.id)?.(message.result);
    });
    this.session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    await within(attached);
  }

  close(): void {
    this.session.disconnect();
  }

  /**
   * Stops a thread for a moment and tells where it stands. With `onEnd`, the script's code that runs there is dropped,
   * after `onEnd` was told where; a thread that is in no code of the script goes on.
   *
   * @returns undefined if the thread does not answer, or is in no code of the script
   */
  async look(
    thread: string,
    { onEnd }: { onEnd?: ((standstill: Standstill) => void) | undefined },
  ): Promise<Standstill | undefined> {
    const sessionId = this.sessionIds.get(thread);
    if (sessionId === undefined) return undefined;
    const paused = new Promise<CallFrame[]>((resolve) => {
      this.onPaused = resolve;
    });
    await this.ask(sessionId, 'Debugger.enable');
    void this.ask(sessionId, 'Debugger.pause');
    const frames = await within(paused);
    try {
      const frame = frames?.find((each) => this.fileOf(each).startsWith('flashsale-script:'));
      if (!frame) return undefined;
      const place = await this.placeOf(sessionId, frame);
      const standstill = place === undefined ? {} : { place };
      if (onEnd !== undefined) {
        onEnd(standstill);
        void this.ask(sessionId, 'Runtime.terminateExecution');
      }
      return standstill;
    } finally {
      void this.ask(sessionId, 'Debugger.resume');
      await this.ask(sessionId, 'Debugger.disable');
    }
  }

  /** The thread itself knows the lines of the files that its bundle was made of. */
  private async placeOf(sessionId: string, frame: CallFrame): Promise<string | undefined> {
    const { lineNumber, columnNumber = 0 } = frame.location;
    const call = [this.fileOf(frame), lineNumber + 1, columnNumber + 1].map((each) =>
      JSON.stringify(each),
    );
    // Outside of the frame, where the script's own global object stands in place of the thread's.
    const answer = await this.ask(sessionId, 'Runtime.evaluate', {
      expression: `globalThis[Symbol.for('flashsale.place')]?.(${call.join()})`,
      returnByValue: true,
    });
    return (answer as { result?: { value?: string } } | undefined)?.result?.value;
  }

  private fileOf({ location }: CallFrame): string {
    return this.files.get(location.scriptId) ?? '';
  }

  private async ask(sessionId: string, method: string, params: object = {}): Promise<unknown> {
    this.lastId += 1;
    const id = this.lastId;
    const answered = new Promise((resolve) => this.answers.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    this.session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    const answer = await within(answered);
    this.answers.delete(id);
    return answer;
  }
}

/** The value, or undefined if it does not come in time. */
async function within<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_MS_MAX);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
