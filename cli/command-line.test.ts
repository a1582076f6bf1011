import { expect, it } from 'vitest';
import { showCommandLine } from './command-line.ts';

const shown = (line: string): string => showCommandLine(line.split(' '));

it('is the command as it was typed', () => {
  expect(shown('run rush --target shop.yaml --stock 5 -e PAGE=front --rounds 3')).toBe(
    'flashsale-cli run rush --target shop.yaml --stock 5 -e PAGE=front --rounds 3',
  );
});

it('can be typed again, whatever is in it', () => {
  expect(showCommandLine(['run', 'my sale.ts', '-e', "NAME=it's $5", ''])).toBe(
    `flashsale-cli run 'my sale.ts' -e 'NAME=it'\\''s $5' ''`,
  );
});

it.each([
  ['--admin-token eyJhbGci', '--admin-token ***'],
  ['--admin-token=eyJhbGci', '--admin-token=***'],
  ['--database-url postgres://ann:s3cret@db/shop', '--database-url postgres://ann:***@db/shop'],
  ['--sql-url=postgres://ann:s3cret@db/shop', '--sql-url=postgres://ann:***@db/shop'],
  [
    '--sql-url postgres://db/shop?user=ann&password=s3',
    `--sql-url 'postgres://db/shop?user=ann&password=***'`,
  ],
  ['--redis-url redis://:s3:cr@t@cache:6379', '--redis-url redis://:***@cache:6379'],
  ['--prometheus-url https://s3cret@metrics.test', '--prometheus-url https://***@metrics.test'],
  [
    '--prometheus-url http://metrics.test?token=s3cret',
    '--prometheus-url http://metrics.test?token=***',
  ],
  ['--target http://ann:s3cret@shop.test', '--target http://ann:***@shop.test'],
  ['-e API_KEY=s3cret', '-e API_KEY=***'],
  ['-eSHOP_PASSWORD=s3cret', '-eSHOP_PASSWORD=***'],
  ['--env sessionToken=s3=cret', '--env sessionToken=***'],
  ['--env=CLIENT_SECRET=s3cret', '--env=CLIENT_SECRET=***'],
  ['-e DB=mysql://ann:s3cret@db/shop', '-e DB=mysql://ann:***@db/shop'],
])('hides the secret in %s', (typed, line) => {
  expect(shown(`run rush ${typed} --stock 5`)).toBe(`flashsale-cli run rush ${line} --stock 5`);
});

it.each([
  '--database-url postgres://root@127.0.0.1:5432/shop',
  '--target http://127.0.0.1:3000',
  '-e TARGET=http://127.0.0.1:3000/items?page=2',
  '--i-own-this-server',
])('hides nothing in %s', (typed) => {
  expect(shown(`run rush ${typed}`)).toBe(`flashsale-cli run rush ${typed}`);
});
