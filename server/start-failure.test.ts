import { describe, expect, test } from 'vitest';
import { explainStartFailure } from './start-failure.ts';

const config = {
  host: '127.0.0.1',
  port: 3000,
  databaseUrl: 'postgres://app:hunter2@db:5432/shop',
};
const withCode = (code: string) => Object.assign(new Error(`it said ${code}`), { code });

describe('explainStartFailure', () => {
  test('names the port that is taken and the next step', () => {
    const failure = explainStartFailure(withCode('EADDRINUSE'), 'listen', config);
    expect(failure?.message).toBe('cannot listen on 127.0.0.1:3000');
    expect(failure?.next).toContain('PORT');
    expect(failure?.exitCode).toBe(3);
  });

  test('names the database without its password', () => {
    const failure = explainStartFailure(withCode('ECONNREFUSED'), 'database', config);
    expect(failure?.message).toBe('cannot use the database postgres://app@db:5432/shop');
    expect(failure?.why).toBe('nothing answers at that address');
  });

  test('finds the code of a wrapped error, also when Node has tried several addresses', () => {
    const tried = new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]);
    const wrapped = new Error('migrations failed', { cause: tried });
    expect(explainStartFailure(wrapped, 'database', config)?.why).toBe(
      'nothing answers at that address',
    );
  });

  test('shows the message of PostgreSQL for a migration that failed', () => {
    const failure = explainStartFailure(withCode('42601'), 'database', config);
    expect(failure?.why).toBe('it said 42601');
  });

  test('does not explain a bug', () => {
    expect(explainStartFailure(new TypeError('undefined is …'), 'listen', config)).toBeUndefined();
  });
});
