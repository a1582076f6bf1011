import type { Exceptions } from '../metrics/exceptions.ts';
import { writeSummaryOutput } from '../metrics/summary-output.ts';
import type { LoadResult } from '../result.ts';
import { IterationInterrupted } from '../schedule/iteration.ts';
import type { LifecycleVu } from '../vu/lifecycle-vu.ts';
import type { LoadedScript } from '../vu/script.ts';
import { setupJson } from '../vu/setup-json.ts';
import type { LoadSpec } from './load-run.ts';
import { scriptFailure } from './script-failure.ts';

export interface LifecycleDeps {
  script: LoadedScript;
  /** Makes a VU that belongs to no scenario. */
  createVu: () => LifecycleVu;
  exceptions: Pick<Exceptions, 'record'>;
  /** Hears how many milliseconds a call may take; undefined when it has ended. */
  onLimit?: LoadSpec['onLimit'];
}

/** Calls the functions of a script that belong to no scenario: `setup`, `teardown` and `handleSummary`. */
export class Lifecycle {
  private readonly deps: LifecycleDeps;
  /** The VU that calls now or called last. As in k6 each function has one of its own, so that no variable is shared. */
  private vu: LifecycleVu | undefined;
  private data: string | undefined;
  private setUpInterrupted = false;
  private interrupted = false;
  private calling: LifecycleVu | undefined;

  constructor(deps: LifecycleDeps) {
    this.deps = deps;
  }

  /** The value that `setup` returned, as JSON; undefined without one. */
  setupData(): string | undefined {
    return this.data;
  }

  /** Calls `setup`, where the script has it and its options do not forbid it. Throws a UserError when it throws. */
  async setUp(): Promise<void> {
    const { script } = this.deps;
    if (!script.exports.includes('setup') || !script.options.runsSetup) return;
    if (this.interrupted) return;
    try {
      const data = await this.call('setup', undefined, script.options.setupTimeoutMs);
      this.data = data === undefined ? undefined : setupJson(data);
    } catch (error) {
      if (!(error instanceof IterationInterrupted)) throw scriptFailure(script, 'setup()', error);
      this.setUpInterrupted = true;
    }
  }

  /**
   * Calls `teardown`, where the script has it and its options do not forbid it, unless `setup` or the run was
   * interrupted. An error counts as an exception of the script.
   */
  async tearDown(): Promise<void> {
    const { script, exceptions } = this.deps;
    if (!script.exports.includes('teardown') || !script.options.runsTeardown) return;
    if (this.setUpInterrupted || this.interrupted) return;
    try {
      await this.call('teardown', this.parsedData(), script.options.teardownTimeoutMs);
    } catch (error) {
      if (!this.interrupted) exceptions.record(error);
    }
  }

  /**
   * Calls `handleSummary`, where the script has it, and writes the files it returns. An error counts as an exception of
   * the script.
   *
   * @param summarize makes the argument, once `setup`'s data is given
   */
  async handleSummary(
    summarize: (setupData: unknown) => unknown,
  ): Promise<LoadResult['summaryOutput']> {
    const { script, createVu, exceptions } = this.deps;
    if (!script.exports.includes('handleSummary')) return undefined;
    const summary = summarize(this.parsedData());
    let vu: LifecycleVu | undefined;
    try {
      vu = createVu();
      const { summaryTimeoutMs } = script.options;
      const called = vu;
      const call = () => called.call('handleSummary', summary, summaryTimeoutMs);
      const returned = await this.within(called, call, summaryTimeoutMs);
      return await writeSummaryOutput(returned);
    } catch (error) {
      exceptions.record(error);
      return undefined;
    } finally {
      vu?.retire();
    }
  }

  /** Ends `setup` or `teardown` now; `teardown` is not called any more. */
  interrupt(): void {
    this.interrupted = true;
    this.vu?.interrupt();
  }

  /** The call that runs was dropped where it stood: it ends with that error. Returns false if none runs. */
  cut(error: Error): boolean {
    return this.calling?.cut(error) ?? false;
  }

  close(): void {
    this.vu?.retire();
  }

  private async call(name: string, argument: unknown, timeoutMs: number): Promise<unknown> {
    this.vu?.retire();
    const vu = this.deps.createVu();
    this.vu = vu;
    return await this.within(vu, () => vu.call(name, argument, timeoutMs, `::${name}`), timeoutMs);
  }

  private async within(
    vu: LifecycleVu,
    call: () => Promise<unknown> | undefined,
    timeoutMs: number,
  ): Promise<unknown> {
    const { onLimit = () => {} } = this.deps;
    this.calling = vu;
    onLimit(timeoutMs);
    try {
      return await call();
    } finally {
      this.calling = undefined;
      onLimit(undefined);
    }
  }

  private parsedData(): unknown {
    return this.data === undefined ? undefined : JSON.parse(this.data);
  }
}
