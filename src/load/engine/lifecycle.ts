import type { Exceptions } from '../metrics/exceptions.ts';
import { writeSummaryOutput } from '../metrics/summary-output.ts';
import type { LoadResult } from '../result.ts';
import { IterationInterrupted } from '../schedule/iteration.ts';
import type { LifecycleVu } from '../vu/lifecycle-vu.ts';
import type { LoadedScript } from '../vu/script.ts';
import { scriptFailure } from './script-failure.ts';

export interface LifecycleDeps {
  script: LoadedScript;
  /** Makes a VU that belongs to no scenario. */
  createVu: () => LifecycleVu;
  exceptions: Pick<Exceptions, 'record'>;
}

/** Calls the functions of a script that belong to no scenario: `setup`, `teardown` and `handleSummary`. */
export class Lifecycle {
  private readonly deps: LifecycleDeps;
  /** The one VU of `setup` and `teardown`, made when the first of them is called. */
  private vu: LifecycleVu | undefined;
  private data: string | undefined;
  private setUpInterrupted = false;
  private interrupted = false;

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
      this.data = data === undefined ? undefined : JSON.stringify(data);
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
      const returned = await vu.call('handleSummary', summary, script.options.summaryTimeoutMs);
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

  close(): void {
    this.vu?.retire();
  }

  private async call(name: string, argument: unknown, timeoutMs: number): Promise<unknown> {
    this.vu ??= this.deps.createVu();
    return await this.vu.call(name, argument, timeoutMs, `::${name}`);
  }

  private parsedData(): unknown {
    return this.data === undefined ? undefined : JSON.parse(this.data);
  }
}
