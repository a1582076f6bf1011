import { RequestError } from '../../load/http/request-error.ts';
import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import { placeOf, rememberPlace } from '../script/stacks.ts';
import type { ThrownValue } from './messages.ts';

/** A thrown value as data that another thread can read. */
export function packThrown(error: unknown): ThrownValue {
  if (!(error instanceof Error)) {
    return { kind: 'other', name: '', message: String(error), stack: '' };
  }
  const kind =
    error instanceof IterationInterrupted
      ? 'interrupted'
      : error instanceof RequestError
        ? 'request'
        : 'error';
  const place = placeOf(error);
  return { kind, name: error.name, message: error.message, stack: error.stack ?? '', place };
}

/**
 * The thrown value of another thread.
 *
 * @param keepsStack whether the stack of the other thread is to be kept; a script sees that of its own call
 */
export function unpackThrown(thrown: ThrownValue, keepsStack: boolean): unknown {
  const { kind, name, message, stack, place } = thrown;
  if (kind === 'other') return message;
  if (kind === 'interrupted') return new IterationInterrupted();
  const error = kind === 'request' ? new RequestError(message) : new Error(message);
  if (kind === 'error') error.name = name;
  if (keepsStack) {
    error.stack = stack;
    if (place !== undefined) rememberPlace(error, place);
  }
  return error;
}
