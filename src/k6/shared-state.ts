import type { RunView } from '../load/vu.ts';

/** What the VUs of one run have in common: files read once, shared arrays, and what was said once. */
export interface SharedState {
  files: Map<string, Buffer>;
  arrays: Map<string, unknown[]>;
  /** Parameters of requests that have been warned of. */
  unknownParameters: Set<string>;
}

const states = new WeakMap<RunView, SharedState>();

export function sharedStateOf(run: RunView): SharedState {
  let state = states.get(run);
  if (!state) {
    state = { files: new Map(), arrays: new Map(), unknownParameters: new Set() };
    states.set(run, state);
  }
  return state;
}
