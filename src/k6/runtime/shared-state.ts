import type { RunView } from '../../load/vu/run-view.ts';
import type { Vu } from '../../load/vu/vu.ts';

/** The state that all VUs of one run share. */
export interface SharedState {
  /** Contents of files by their absolute paths. */
  files: Map<string, Buffer>;
  /** Frozen arrays by their names. */
  arrays: Map<string, unknown[]>;
  /** Subjects of the warnings given so far. */
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

/** Freezes a value with all that is in it, so that no VU can change what others see. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}

/** Writes a warning to the log of the run, once for each `subject`. */
export function warnOnce(vu: Vu, subject: string, message: string): void {
  if (vu.warn) {
    vu.warn(subject, message);
    return;
  }
  const { warned } = sharedStateOf(vu.run);
  if (warned.has(subject)) return;
  warned.add(subject);
  vu.log(`warning: ${message}`);
}
