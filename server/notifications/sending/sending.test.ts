import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Health } from '../../../src/protocol/health.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';

/** A mail server on loopback, which takes mails, refuses them, or answers that it cannot now. */
async function startMailServer() {
  const mails: string[] = [];
  const connections: string[] = [];
  const state: { answer: 'take' | 'refuse' | 'fail' } = { answer: 'take' };
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onConnect(session, callback) {
      connections.push(session.id);
      callback();
    },
    onRcptTo(_address, _session, callback) {
      if (state.answer === 'take') callback();
      else {
        const responseCode = state.answer === 'refuse' ? 550 : 451;
        callback(Object.assign(new Error('not taken'), { responseCode }));
      }
    },
    onData(stream, _session, callback) {
      let mail = '';
      stream.on('data', (chunk) => {
        mail += chunk;
      });
      stream.on('end', () => {
        mails.push(mail);
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const { port } = smtp.server.address() as AddressInfo;
  return {
    ...{ mails, connections, state, url: `smtp://127.0.0.1:${port}` },
    stop: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  };
}

/** A provider of SMS on loopback. */
async function startSmsProvider() {
  const taken: { to: string; text: string; key: string | undefined; token: string | undefined }[] =
    [];
  const state = { status: 202, isEndless: false };
  const http: Server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      const key = req.headers['idempotency-key'] as string | undefined;
      if (state.status === 202)
        taken.push({ ...JSON.parse(body), key, token: req.headers.authorization });
      res.writeHead(state.status).write('taken');
      if (!state.isEndless) res.end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    ...{ taken, state, url: `http://127.0.0.1:${port}/messages` },
    stop: () =>
      new Promise((resolve) => {
        http.close(resolve);
        http.closeAllConnections();
      }),
  };
}

let mail: Awaited<ReturnType<typeof startMailServer>>;
let sms: Awaited<ReturnType<typeof startSmsProvider>>;
let server: TestServer;
beforeEach(async () => {
  mail = await startMailServer();
  sms = await startSmsProvider();
  server = await startTestServer({
    env: {
      ...{ SMTP_URL: mail.url, MAIL_FROM: 'shop@shop.example', MESSAGE_TIMEOUT_MS: '5000' },
      ...{ SMS_URL: sms.url, SMS_TOKEN: 'secret' },
    },
  });
});
afterEach(async () => {
  await server.stop();
  await Promise.all([mail.stop(), sms.stop()]);
});

const call = (method: string, path: string, token: string, body?: unknown) =>
  server.call(method, `/notifications/addresses${path}`, { token, body });

const codeIn = (text: string | undefined): string => /\b\d{6}\b/.exec(text ?? '')?.[0] ?? '';

/** Makes messages due that wait, and lets codes be sent again. */
const passTime = () =>
  server.pool.query(
    `WITH due AS (UPDATE outgoing_messages SET due_at = now()),
       paused AS (UPDATE notification_code_pauses SET sent_at = now() - interval '1 hour')
     UPDATE notification_addresses SET code_sent_at = now() - interval '1 hour'`,
  );

async function buy(token: string): Promise<string> {
  const skuId = await server.newProduct(1);
  const { body } = await server.call('POST', '/api/v1/reservations', {
    token,
    body: { skuId, quantity: 1 },
  });
  const { reservationId } = body;
  const order = await server.call('POST', '/api/v1/orders/checkout', {
    token,
    body: { reservationId, paymentMethod: 'card', transactionId: `tx-${reservationId}` },
  });
  return order.body.orderId;
}

/** Gives a user a confirmed address for email. */
async function confirmEmail(token: string, address = 'ann@shop.example'): Promise<void> {
  const sent = mail.mails.length;
  await call('PUT', '', token, { channel: 'email', address });
  await until(() => mail.mails.length > sent);
  const code = codeIn(mail.mails.at(-1)?.split('\r\n\r\n')[1]);
  const { status } = await call('POST', '/confirm', token, { channel: 'email', code });
  expect(status).toBe(200);
}

const waiting = async (): Promise<number> =>
  (await server.pool.query('SELECT count(*)::int AS count FROM outgoing_messages')).rows[0].count;

const metrics = async (): Promise<string> => (await server.call('GET', '/metrics')).body;

describe('S3.3 a confirmation by email', () => {
  it('goes to the address that its user has confirmed', async () => {
    const { token } = await server.newBuyer();
    await confirmEmail(token);
    const orderId = await buy(token);
    await until(() => mail.mails.length === 2);
    const [, confirmation] = mail.mails;
    expect(confirmation).toContain('From: shop@shop.example');
    expect(confirmation).toContain('To: ann@shop.example');
    expect(confirmation).toContain('Subject: Your order is confirmed');
    expect(confirmation).toContain(orderId);
    expect(confirmation).toMatch(/Message-ID: <\w+-\d+@flashsale>/i);
    await until(async () => (await waiting()) === 0);
  });

  it('goes nowhere before the address is confirmed, and after it was removed', async () => {
    const { token } = await server.newBuyer();
    await call('PUT', '', token, { channel: 'email', address: 'ann@shop.example' });
    await until(() => mail.mails.length === 1);
    const told = async () =>
      (await server.call('GET', '/notifications', { token })).body.notifications;
    await buy(token);
    await until(async () => (await told()).length === 1);
    await passTime();
    await confirmEmail(token);
    expect((await call('POST', '/remove', token, { channel: 'email' })).body).toEqual({
      addresses: [],
    });
    await buy(token);
    await until(async () => (await told()).length === 2);
    expect(await waiting()).toBe(0);
    expect(mail.mails.filter((each) => each.includes('Your order'))).toEqual([]);
  });

  it('is refused for good where the mail server says so, and nobody asks again', async () => {
    const { token } = await server.newBuyer();
    await confirmEmail(token);
    mail.state.answer = 'refuse';
    await buy(token);
    await until(async () => (await metrics()).includes('channel="email",outcome="refused"} 1'));
    await until(async () => (await waiting()) === 0);
    expect(await metrics()).toContain('flashsale_circuit_state{dependency="email"} 0');
  });
});

describe('S3.5 email while its server is down', () => {
  it('waits and is told later; meanwhile its user reads it, and health and metrics say so', async () => {
    const { token } = await server.newBuyer();
    await confirmEmail(token);
    mail.state.answer = 'fail';
    const health = async () =>
      Health.parse((await server.call('GET', '/health')).body).dependencies.email;
    expect(await health()).toMatchObject({ state: 'up' });
    await buy(token);
    await until(async () => {
      await passTime();
      return (await health())?.state === 'down';
    });
    expect(await health()).toMatchObject({ error: expect.stringContaining('not taken') });
    expect((await server.call('GET', '/health')).body.status).toBe('degraded');
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    const page = await metrics();
    expect(page).toContain('flashsale_circuit_state{dependency="email"} 1');
    expect(page).toContain('flashsale_messages_waiting{channel="email"} 1');
    const { body } = await server.call('GET', '/notifications', { token });
    expect(body.notifications).toMatchObject([{ kind: 'ORDER_CREATED' }]);

    // While the circuit is open nobody knocks.
    const knocks = mail.connections.length;
    await passTime();
    await until(async () => !(await metrics()).includes('outcome="unavailable"} 1\n'));
    expect(mail.connections.length).toBe(knocks);
  });

  it('is sent when the server is back', async () => {
    const { token } = await server.newBuyer();
    await confirmEmail(token);
    mail.state.answer = 'fail';
    await buy(token);
    await until(async () => (await metrics()).includes('channel="email",outcome="unavailable"}'));
    expect(await waiting()).toBe(1);
    mail.state.answer = 'take';
    await until(async () => {
      await passTime();
      return mail.mails.length === 2;
    });
    await until(async () => (await waiting()) === 0);
  });
});

describe('S3.3 a confirmation by SMS', () => {
  it('goes to the provider with the key of the message', async () => {
    const { token } = await server.newBuyer();
    await call('PUT', '', token, { channel: 'sms', address: '+48123456789' });
    await until(() => sms.taken.length === 1);
    const code = codeIn(sms.taken[0]?.text);
    await call('POST', '/confirm', token, { channel: 'sms', code });
    await buy(token);
    await until(() => sms.taken.length === 2);
    expect(sms.taken[1]).toEqual({
      ...{ to: '+48123456789', text: expect.stringContaining('is yours'), token: 'Bearer secret' },
      key: expect.stringMatching(/^\w+-\d+$/),
    });
    expect(sms.taken[1]?.key).not.toBe(sms.taken[0]?.key);
  });

  it('S3.5 was taken when the provider says so, also in an answer that never ends', async () => {
    const { token } = await server.newBuyer();
    sms.state.isEndless = true;
    await call('PUT', '', token, { channel: 'sms', address: '+48123456789' });
    await until(async () => (await waiting()) === 0);
    expect(await metrics()).toContain('channel="sms",outcome="sent"} 1');
    expect(sms.taken).toHaveLength(1);
  });

  it('S3.5 is sent again with the same key after a failure, and not after a refusal', async () => {
    const { token } = await server.newBuyer();
    sms.state.status = 503;
    await call('PUT', '', token, { channel: 'sms', address: '+48123456789' });
    await until(async () => (await metrics()).includes('channel="sms",outcome="unavailable"}'));
    expect(await waiting()).toBe(1);
    sms.state.status = 422;
    await until(async () => {
      await passTime();
      return (await metrics()).includes('channel="sms",outcome="refused"} 1');
    });
    await until(async () => (await waiting()) === 0);
    expect(sms.taken).toEqual([]);
  });
});

describe('S3.5 SMS while its provider is down', () => {
  it('waits, is read meanwhile, and is sent once with its key when the provider is back', async () => {
    const { token } = await server.newBuyer();
    await call('PUT', '', token, { channel: 'sms', address: '+48123456789' });
    await until(() => sms.taken.length === 1);
    await call('POST', '/confirm', token, { channel: 'sms', code: codeIn(sms.taken[0]?.text) });
    const health = async () => Health.parse((await server.call('GET', '/health')).body);

    sms.state.status = 503;
    await buy(token);
    await until(async () => {
      await passTime();
      return (await health()).dependencies.sms?.state === 'down';
    });
    expect(await health()).toMatchObject({
      status: 'degraded',
      dependencies: { sms: { error: 'the SMS provider answered 503' }, email: { state: 'up' } },
    });
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    expect(await metrics()).toContain('flashsale_circuit_state{dependency="sms"} 1');
    expect(await metrics()).toContain('flashsale_messages_waiting{channel="sms"} 1');
    const { body } = await server.call('GET', '/notifications', { token });
    expect(body.notifications).toMatchObject([{ kind: 'ORDER_CREATED' }]);
    expect(sms.taken).toHaveLength(1);

    sms.state.status = 202;
    await until(async () => {
      await passTime();
      return (await waiting()) === 0;
    });
    expect(sms.taken).toHaveLength(2);
    expect(sms.taken[1]).toMatchObject({
      to: '+48123456789',
      text: expect.stringContaining('is yours'),
    });
    await until(async () => (await health()).dependencies.sms?.state === 'up');
  });
});

describe('an address', () => {
  it('is confirmed by its code alone, within five tries', async () => {
    const { token } = await server.newBuyer();
    await call('PUT', '', token, { channel: 'email', address: 'ann@shop.example' });
    await until(() => mail.mails.length === 1);
    const code = codeIn(mail.mails[0]?.split('\r\n\r\n')[1]);
    const wrong = code === '111111' ? '222222' : '111111';
    const confirm = async (value: string) =>
      (await call('POST', '/confirm', token, { channel: 'email', code: value })).status;
    const guesses = await Promise.all(Array.from({ length: 5 }, () => confirm(wrong)));
    expect([...guesses, await confirm(code)]).toEqual([409, 409, 409, 409, 409, 409]);
    expect((await call('GET', '', token)).body.addresses).toEqual([
      { channel: 'email', address: 'ann@shop.example', isConfirmed: false },
    ]);
  });

  it('gets a code once a minute, however many users ask for it, at once or after another', async () => {
    const users = await server.newBuyers(4);
    const put = (token: string) =>
      call('PUT', '', token, { channel: 'email', address: 'ann@shop.example' });
    const asked = await Promise.all(users.slice(0, 3).map(({ token }) => put(token)));
    expect(asked.map(({ status }) => status).toSorted()).toEqual([202, 429, 429]);
    const token = users[3]?.token as string;
    const later = await put(token);
    expect([later.status, later.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await call('GET', '', token)).body.addresses).toEqual([]);
    await passTime();
    expect((await put(token)).status).toBe(202);
  });

  it('gets a code once a minute, even if it was removed meanwhile', async () => {
    const { token } = await server.newBuyer();
    const put = (address: string) => call('PUT', '', token, { channel: 'email', address });
    expect((await put('ann@shop.example')).status).toBe(202);
    const again = await put('bob@shop.example');
    expect([again.status, again.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await call('POST', '/remove', token, { channel: 'email' })).status).toBe(200);
    expect((await put('bob@shop.example')).status).toBe(429);
    await passTime();
    expect((await put('bob@shop.example')).status).toBe(202);
  });

  it('is its user’s alone', async () => {
    const [ann, bob] = [await server.newBuyer(), await server.newBuyer()];
    await confirmEmail(ann.token);
    expect((await call('GET', '', bob.token)).body.addresses).toEqual([]);
    expect((await call('POST', '/remove', bob.token, { channel: 'email' })).status).toBe(404);
    expect((await call('GET', '', ann.token)).body.addresses).toHaveLength(1);
  });

  it('is not taken on a channel without a provider', async () => {
    const own = await startTestServer();
    const { token } = await own.newBuyer();
    const { status, body } = await own.call('PUT', '/notifications/addresses', {
      token,
      body: { channel: 'email', address: 'ann@shop.example' },
    });
    await own.stop();
    expect([status, body.code]).toEqual([409, 'CHANNEL_NOT_CONFIGURED']);
  });
});
