import type { RunView } from '../../load/vu/run-view.ts';
import type { Vu } from '../../load/vu/vu.ts';

/** What the VUs of one run have in common: files read once, shared arrays, and what was said once. */
export interface SharedState {
  files: Map<string, Buffer>;
  arrays: Map<string, unknown[]>;
  /** What has been warned of. */
  warned: Set<string>;
}

const states = new WeakMap<RunView, SharedState>();

export function sharedStateOf(run: RunView): SharedState {
  let state = states.get(run);
  if (!state) {
    state = { files: new Map(), arrays: new Map(), warned: new Set() };
    states.set(run, state);
  }
  return state;
}

/** Says something in the run's log, the first time only; `about` tells warnings apart. */
export function warnOnce(vu: Vu, about: string, message: string): void {
  const { warned } = sharedStateOf(vu.run);
  if (warned.has(about)) return;
  warned.add(about);
  vu.log(`warning: ${message}`);
}
