import type { RunView } from '../load/vu.ts';

/** What the VUs of one run have in common: files read once, and shared arrays. */
export interface SharedState {
  files: Map<string, Buffer>;
  arrays: Map<string, unknown[]>;
}

const states = new WeakMap<RunView, SharedState>();

export function sharedStateOf(run: RunView): SharedState {
  let state = states.get(run);
  if (!state) {
    state = { files: new Map(), arrays: new Map() };
    states.set(run, state);
  }
  return state;
}
