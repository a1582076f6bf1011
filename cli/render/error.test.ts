import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/kernel/errors.ts';
import { renderError } from './error.ts';

const plain = { color: false, verbose: false };

/** An error of which nobody knows where it was thrown. */
function withoutStack(error: Error): Error {
  error.stack = undefined;
  return error;
}

describe('what a failure prints', () => {
  it('is one line with what failed, why and what to do next, even if the parts have several', () => {
    const error = UserError.environment('the target does not answer', {
      why: 'connect ECONNREFUSED\n127.0.0.1:9.',
      next: 'start it,\nor correct --target',
    });
    expect(renderError(error, plain)).toEqual({
      line: 'error: the target does not answer: connect ECONNREFUSED 127.0.0.1:9. Next: start it, or correct --target',
      exitCode: 3,
    });
  });

  it('has no full stop behind a question', () => {
    const error = UserError.usage('no such fault', { why: 'did you mean that?', next: 'use it' });
    expect(renderError(error, plain).line).toBe(
      'error: no such fault: did you mean that? Next: use it',
    );
  });

  it('ends with 2 for a mistake on the command line', () => {
    const error = UserError.usage('--stock cannot be used', { why: 'no number', next: 'give one' });
    expect(renderError(error, plain).exitCode).toBe(2);
  });

  it.each([
    [withoutStack(new TypeError('x is not a function')), 'x is not a function'],
    [withoutStack(new RangeError()), 'RangeError'],
    ['thrown text', 'thrown text'],
    [undefined, 'undefined'],
  ])('calls anything else a bug and ends with 1: %s', (error, message) => {
    expect(renderError(error, plain)).toEqual({
      line: `error: a bug in flashsale-cli: ${message}. Next: run again with --verbose and report it`,
      exitCode: 1,
    });
  });

  it('names the line of our own code at which a bug showed', () => {
    expect(renderError(new Error('no luck'), plain).line).toMatch(
      /^error: a bug in flashsale-cli at cli\/render\/error\.test\.ts:\d+: no luck\. Next: /,
    );
    const ofPackage = new Error('far away');
    ofPackage.stack = 'Error: far away\n    at f (/elsewhere/node_modules/pg/lib/client.js:3:4)';
    expect(renderError(ofPackage, plain).line).toContain('a bug in flashsale-cli: far away');
  });

  it('shows stacks, those of the causes too, only when verbose', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const { line } = renderError(error, { color: false, verbose: true });
    expect(line).toContain('\nError: outer\n    at ');
    expect(line).toContain('\ncaused by Error: inner\n    at ');
  });

  it('takes no escape codes from the message, and marks only when asked to color', () => {
    const error = new Error('\u001B[2Jgone');
    expect(renderError(error, plain).line).not.toContain('\u001B');
    expect(renderError(error, { color: true, verbose: false }).line).toContain(
      '\u001B[31merror:\u001B[39m a bug in flashsale-cli at ',
    );
  });
});
