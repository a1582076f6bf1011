/** The run as a whole, as far as a script may read and influence it. */
export interface RunView {
  elapsedMs(): number;
  iterationsCompleted(): number;
  iterationsInterrupted(): number;
  vusActive(): number;
  vusInitialized(): number;
  /** The options as the script exports them. */
  readonly options: Record<string, unknown>;
  /** Ends the run now; the reason is logged. */
  abort(reason: string): void;
  /** Lets the run go on, but fail: for an exception that nobody caught (`isThrown`), unless the script allows exceptions. */
  fail(reason: string, isThrown?: boolean): void;
}
