import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createLogger, writeTo } from './logging.ts';

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

test('lines that repeat are thinned out to ten in the first second and one in the next, which says how many were left out', () => {
  const lines: string[] = [];
  let now = 0;
  const log = createLogger(
    { level: 'info', instance: 'api-1', nowMs: () => now },
    { write: (line) => lines.push(line) },
  );
  const outage = Object.assign(new Error('nobody answers'), { code: 'ECONNREFUSED' });
  for (let request = 0; request < 5_000; request++) {
    log.error({ err: outage, requestId: `r-${request}` }, 'request failed');
  }
  expect(lines).toHaveLength(10);

  // A bug in the middle of an outage is another kind of line.
  log.error({ err: new TypeError('x is undefined') }, 'request failed');
  log.info('Redis is back');
  expect(lines).toHaveLength(12);

  now = 1_000;
  log.error({ err: outage, requestId: 'r-5000' }, 'request failed');
  log.error({ err: outage, requestId: 'r-5001' }, 'request failed');
  expect(lines).toHaveLength(13);
  expect(JSON.parse(lines[12] as string)).toMatchObject({ requestId: 'r-5000', leftOut: 4_990 });

  now = 2_000;
  log.error({ err: outage, requestId: 'r-5002' }, 'request failed');
  now = 3_000;
  for (let request = 5_003; request < 6_000; request++) {
    log.error({ err: outage, requestId: `r-${request}` }, 'request failed');
  }
  expect(lines).toHaveLength(24);
  expect(JSON.parse(lines[13] as string)).toMatchObject({ requestId: 'r-5002', leftOut: 1 });
  expect(JSON.parse(lines[14] as string)).not.toHaveProperty('leftOut');
});

test.skipIf(!existsSync('/dev/full'))('a full disk ends nothing', () => {
  const fd = openSync('/dev/full', 'w');
  const log = createLogger({ level: 'info', instance: 'api-1' }, writeTo(fd));
  expect(() => {
    for (let line = 0; line < 5; line++) log.warn({ err: new Error('it broke') }, 'gone');
    log.fatal('a bug ended the server');
  }).not.toThrow();
  closeSync(fd);
});
