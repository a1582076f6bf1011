import { describe, expect, it } from 'vitest';
import { deepenStacks, throwUnhandledRejection } from './script-errors.ts';

class ScriptError extends Error {}
const owns = (error: unknown): boolean => error instanceof ScriptError;

describe('work that leaves a promise behind', () => {
  it('throws the rejection of the promise', async () => {
    const work = (): string => {
      void Promise.reject(new ScriptError('left behind'));
      return 'done';
    };
    await expect(throwUnhandledRejection(owns, work)).rejects.toThrow('left behind');
  });

  it('returns its result if all promises are awaited', async () => {
    const work = async (): Promise<string> => {
      await Promise.reject(new ScriptError('awaited')).catch(() => {});
      return 'done';
    };
    expect(await throwUnhandledRejection(owns, work)).toBe('done');
  });

  it('stops listening for rejections', async () => {
    const before = process.listenerCount('unhandledRejection');
    await throwUnhandledRejection(owns, () => 'done');
    expect(process.listenerCount('unhandledRejection')).toBe(before);
  });
});

it('stacks are deep enough for the line of the script, and the limit is restored', () => {
  const before = Error.stackTraceLimit;
  const restore = deepenStacks();
  expect(Error.stackTraceLimit).toBeGreaterThanOrEqual(40);
  restore();
  expect(Error.stackTraceLimit).toBe(before);
});
