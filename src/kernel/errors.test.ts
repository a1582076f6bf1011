import { expect, it } from 'vitest';
import { rootMessage, UserError } from './errors.ts';

it('a user error has an exit code by its kind', () => {
  const details = { why: 'it is taken', next: 'give another port', cause: new Error('EADDRINUSE') };
  const usage = UserError.usage('no port', details);
  expect(usage).toMatchObject({ name: 'UserError', message: 'no port', exitCode: 2, ...details });
  expect(UserError.environment('no port', details).exitCode).toBe(3);
});

it('the root message is that of the innermost cause', () => {
  const inner = new Error('connection refused');
  expect(rootMessage(new Error('a', { cause: new Error('b', { cause: inner }) }))).toBe(
    'connection refused',
  );
  expect(rootMessage(new AggregateError([inner, new Error('other')]))).toBe('connection refused');
  expect(rootMessage(new TypeError())).toBe('TypeError');
  expect(rootMessage(7)).toBe('7');
});
