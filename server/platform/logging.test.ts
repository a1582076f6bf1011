import { expect, test } from 'vitest';
import { createLogger } from './logging.ts';

test('a log line is JSON with level, time and instance, and never a secret', () => {
  const lines: string[] = [];
  const log = createLogger(
    { level: 'info', instance: 'api-1' },
    { write: (line) => lines.push(line) },
  );
  log.info(
    {
      password: 'hunter2',
      body: { password: 'hunter2', token: 'hunter2' },
      req: { headers: { authorization: 'Bearer hunter2' } },
    },
    'somebody logs too much',
  );
  log.debug('not at this level');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    level: 'info',
    instance: 'api-1',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    msg: 'somebody logs too much',
  });
  expect(lines[0]).not.toContain('hunter2');
});

test('an error is logged with its cause, and without the connection it happened on', () => {
  const lines: string[] = [];
  const log = createLogger(
    { level: 'info', instance: 'api-1' },
    { write: (line) => lines.push(line) },
  );
  const error = new Error('it broke', { cause: new Error('the cable') });
  log.warn({ err: Object.assign(error, { code: '08006', client: { host: 'db' } }) }, 'gone');
  const { err } = JSON.parse(lines[0] as string);
  expect(err).toMatchObject({ message: 'it broke: the cable', code: '08006' });
  expect(err).not.toHaveProperty('client');
});
