import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let server: TestServer;
let workplace: Workplace;
let ann: { userId: string; token: string };
beforeAll(async () => {
  [server, workplace] = [await startTestServer(), await createWorkplace()];
  const [buyer, other] = [await server.newBuyer(), await server.newBuyer()];
  ann = buyer;
  await tell(ann.userId, 'Your order is confirmed');
  await tell(other.userId, 'Your reservation has expired');
  await tell(ann.userId, 'Your tickets\u001b[2J');
  await server.pool.query(
    `INSERT INTO notification_addresses (user_id, channel, address, code_sent_at)
     VALUES ($1, 'email', 'ann@shop.example', now())`,
    [ann.userId],
  );
  await writeFile(join(workplace.folder, 'sale.json'), JSON.stringify({ buyers: [other, ann] }));
});
afterAll(() => Promise.all([server.stop(), workplace.remove()]));

const tell = (userId: string, title: string) =>
  server.pool.query(
    `INSERT INTO notifications (user_id, event_id, kind, title, text) VALUES ($1, $2, 'ORDER_CREATED', $3, 'It is yours.')`,
    [userId, newId(), title],
  );

const mailbox = (args: string[], target = server.url) =>
  workplace.run(['mailbox', ...args, '--target', target]);

describe('S1.9 mailbox', () => {
  it('shows what a buyer of the sale file was told, and nobody else', async () => {
    const { code, stdout, stderr } = await mailbox(['--buyer', '2']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^at +kind +title +text$/),
      expect.stringMatching(/^\S+Z +ORDER_CREATED +Your order is confirmed +It is yours\.$/),
      expect.stringMatching(/^\S+Z +ORDER_CREATED +Your tickets +It is yours\.$/),
      '',
    ]);
    expect(stderr).toBe('email ann@shop.example: not confirmed, so nothing is sent there\n');
  });

  it('goes on behind a cursor, and is one document with --json', async () => {
    const args = ['--user-token', ann.token, '--limit', '1'];
    const first = JSON.parse((await mailbox([...args, '--json'])).stdout);
    expect(first).toMatchObject({
      notifications: [{ title: 'Your order is confirmed' }],
      addresses: [{ channel: 'email', isConfirmed: false }],
      hasMore: true,
    });
    const { stdout, stderr } = await mailbox([...args, '--after', first.cursor]);
    expect(stdout).toContain('Your tickets');
    expect(stderr).not.toContain('there is more');
  });

  it.each([
    ['no user', [], 2, /whose mailbox.*Next: .*--buyer 1/],
    ['a buyer that the sale file has not', ['--buyer', '3'], 2, /no such buyer.*2 buyers/],
    ['a sale file that is not there', ['--buyer', '1', '--sale', 'no.json'], 2, /no sale file/],
    ['a cursor that is none', ['--buyer', '1', '--after', 'x'], 2, /"x" is no cursor/],
    ['a wrong token', ['--user-token', 'secret-word'], 3, /refused.*Next: .*session goes on/],
  ])('says what to do about %s', async (_, args, exitCode, line) => {
    const { code, stdout, stderr } = await mailbox(args);
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain('secret-word');
  });

  it('says what to do about a server that is away', async () => {
    const { code, stderr } = await mailbox(['--buyer', '1'], 'http://127.0.0.1:9');
    expect(code).toBe(3);
    expect(stderr).toMatch(/did not answer.*Next: check that the server runs/);
  });
});
