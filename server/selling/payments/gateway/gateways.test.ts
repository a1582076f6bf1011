import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../../src/kernel/ids.ts';
import { ProviderBehaviour } from '../../../../src/protocol/payments.ts';
import { until } from '../../../../test/until.ts';
import { createProvider } from '../../../payment-provider/provider.ts';
import { createPaymentService, type PaymentService } from '../../../payment-provider/service.ts';
import { createLogger } from '../../../platform/logging.ts';
import { describeGateway } from './gateway.contract.ts';
import { createHttpGateway } from './http-gateway.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { createSimulatedGateway } from './simulated-gateway.ts';

const log = createLogger({ level: 'silent', instance: 'test' });

const service = (details: Partial<Parameters<typeof createPaymentService>[0]> = {}) =>
  createPaymentService({
    host: '127.0.0.1',
    port: 0,
    behaviour: ProviderBehaviour.parse({}),
    seed: 7,
    webhookSecret: 'a secret of thirty-two characters',
    log,
    ...details,
  });

const connect = (url: string, timeoutMs = 5_000, circuit: number[] = []): PaymentGateway =>
  createHttpGateway({
    url,
    timeoutMs,
    webhookUrl: () => undefined,
    onCircuit: (state) => circuit.push(state),
  });

const order = () => ({
  paymentId: newId(),
  transactionId: newId(),
  amount: '10.00',
  method: 'card' as const,
});

describeGateway('in this process', async (behaviour = {}) => ({
  gateway: createSimulatedGateway(
    createProvider({ behaviour: ProviderBehaviour.parse(behaviour), seed: 7 }),
  ),
  close: async () => {},
}));

describeGateway('over HTTP', async (behaviour = {}) => {
  const provider = service({ behaviour: ProviderBehaviour.parse(behaviour) });
  return { gateway: connect(await provider.start()), close: () => provider.stop() };
});

describe('S3.5 a provider that fails', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'payments-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Starts a server in the role of the provider, which answers each call with the status that `answer` returns. */
  async function play(
    answer: (call: number, url: string) => number | 'hang' | 'cut',
  ): Promise<{ url: string; calls: () => number; server: Server }> {
    let calls = 0;
    const server = createServer((req, res) => {
      calls += 1;
      const status = answer(calls, req.url as string);
      if (status === 'cut') req.socket.destroy();
      if (typeof status !== 'number') return;
      let sent = '';
      req.on('data', (chunk) => (sent += chunk));
      req.on('end', () => {
        res.writeHead(status, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ paymentId: JSON.parse(sent).paymentId, status: 'charged' }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, calls: () => calls, server };
  }

  it('is called again when it fails at once', async () => {
    const { url, calls, server } = await play((call) => (call < 3 ? 500 : 200));
    expect(await connect(url).charge(order())).toEqual({ outcome: 'charged' });
    expect(calls()).toBe(3);
    server.close();
  });

  it.each([
    ['always fails', 500],
    ['cuts the connection', 'cut'],
  ] as const)('and %s may have charged nevertheless', async (_, answer) => {
    const { url, calls, server } = await play(() => answer);
    expect(await connect(url).charge(order())).toEqual({ outcome: 'unknown' });
    expect(calls()).toBe(3);
    server.close();
  });

  it('and does not answer in time may have charged, and is not called again', async () => {
    const { url, calls, server } = await play(() => 'hang');
    expect(await connect(url, 50).charge(order())).toEqual({ outcome: 'unknown' });
    expect(calls()).toBe(1);
    server.closeAllConnections();
    server.close();
  });

  it('and cannot be reached has not charged', async () => {
    const { url, server } = await play(() => 200);
    await new Promise((resolve) => server.close(resolve));
    const gateway = connect(url);
    expect(await gateway.charge(order())).toEqual({ outcome: 'unavailable' });
    expect(await gateway.find(newId())).toEqual({ outcome: 'unavailable' });
    expect(await gateway.refund(newId())).toEqual({ outcome: 'unavailable' });
  });

  it('S1.13 repeatedly is not called any more, until a call that is let through succeeds', async () => {
    let isWell = false;
    const { url, calls, server } = await play(() => (isWell ? 200 : 500));
    const circuit: number[] = [];
    const gateway = connect(url, 5_000, circuit);
    await gateway.charge(order());
    await gateway.charge(order());
    const asked = calls();
    expect(asked).toBe(5);
    expect(circuit).toEqual([1]);

    expect(await gateway.charge(order())).toEqual({ outcome: 'unavailable' });
    expect(calls()).toBe(asked);

    isWell = true;
    await until(async () => (await gateway.charge(order())).outcome === 'charged');
    expect(circuit).toEqual([1, 2, 0]);
    server.close();
  });

  it('hangs on the configured share of charges, some of which it has made', async () => {
    const behaviour = ProviderBehaviour.parse({ hangRate: 0.5 });
    const provider = service({ behaviour });
    const url = await provider.start();
    const orders = Array.from({ length: 20 }, (_, place) => ({
      ...order(),
      transactionId: `tx-${place}`,
    }));
    // Each call has a gateway of its own, because hanging calls open the circuit of a gateway.
    const outcomes = await Promise.all(orders.map((request) => connect(url, 300).charge(request)));
    const asker = connect(url);
    const states = await Promise.all(
      orders.map(async ({ paymentId }, place) => {
        const { outcome } = await asker.find(paymentId);
        return `${outcomes[place]?.outcome} ${outcome}`;
      }),
    );
    expect(new Set(states)).toEqual(
      new Set(['charged charged', 'unknown charged', 'unknown not_found']),
    );
    await provider.stop();
  });

  it('keeps its payments when it is killed and started again', async () => {
    const journal = join(folder, 'journal.ndjson');
    const start = async (port: number): Promise<[PaymentService, string]> => {
      const provider = service({
        port,
        journal,
        behaviour: ProviderBehaviour.parse({ async: true, latencyMs: 30 }),
      });
      return [provider, await provider.start()];
    };
    const [before, url] = await start(0);
    const gateway = connect(url);
    const [charged, refunded, late] = [order(), order(), order()];
    await gateway.charge(charged);
    await gateway.charge(refunded);
    await until(async () => (await gateway.find(refunded.paymentId)).outcome === 'charged');
    await gateway.refund(refunded.paymentId);
    await gateway.charge(late);
    await before.stop();

    const [after, again] = await start(Number(new URL(url).port));
    expect(again).toBe(url);
    expect(await gateway.find(charged.paymentId)).toEqual({ outcome: 'charged' });
    expect(await gateway.find(refunded.paymentId)).toEqual({ outcome: 'refunded' });
    await until(async () => (await gateway.find(late.paymentId)).outcome === 'charged');
    await after.stop();
  });
});

describe('S3.5 an answer that is none of the provider’s', () => {
  const HTML = '<html><h1>Service Unavailable</h1></html>';

  it.each([
    ...([301, 302, 307, 308] as const),
    ...([400, 401, 403, 404, 405, 408, 409, 410, 422, 429] as const),
    ...([500, 502, 503, 504] as const),
    ...([200, 201, 202, 204] as const),
  ])(
    '%i to a charge leaves open what happened, and to a refund that it is owed',
    async (status) => {
      let charges = 0;
      const server = createServer((req, res) => {
        charges += 1;
        req.resume();
        const elsewhere = status < 400 && status >= 300 ? { location: '/payments' } : {};
        res.writeHead(status, { 'content-type': 'text/html', ...elsewhere });
        res.end(status === 204 ? undefined : HTML);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const gateway = () => connect(`http://127.0.0.1:${port}`);
      expect(await gateway().charge(order())).toEqual({ outcome: 'unknown' });
      expect(charges).toBeLessThanOrEqual(3);
      expect(await gateway().refund(newId())).toEqual({ outcome: 'unavailable' });
      expect(await gateway().find(newId())).toEqual({
        outcome: status === 404 ? 'not_found' : 'unavailable',
      });
      server.close();
    },
  );
});

describe('S3.5 a provider whose answers are not to be believed', () => {
  /** Starts a provider that answers every call in this way. */
  async function lie(answer: (res: ServerResponse) => void): Promise<[PaymentGateway, Server]> {
    const server = createServer((_req, res) => answer(res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return [connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), server];
  }
  const say = (body: object) => (res: ServerResponse) => res.end(JSON.stringify(body));

  it.each(['charged', 'declined', 'pending', 'refunded'])(
    'tells of another payment that it is %s, which says nothing of this one',
    async (status) => {
      const [gateway, server] = await lie(say({ paymentId: newId(), status }));
      expect(await gateway.charge(order())).toEqual({ outcome: 'unknown' });
      expect(await gateway.find(newId())).toEqual({ outcome: 'unavailable' });
      expect(await gateway.refund(newId())).toEqual({ outcome: 'unavailable' });
      server.close();
    },
  );

  it('names the payment in capitals, which is the same payment', async () => {
    const request = order();
    const paymentId = request.paymentId.toUpperCase();
    const [gateway, server] = await lie(say({ paymentId, status: 'charged' }));
    expect(await gateway.charge(request)).toEqual({ outcome: 'charged' });
    server.close();
  });

  it.each([200, 404, 500])('never ends its answer %i, so it is read no further', async (status) => {
    let written = 0;
    const [gateway, server] = await lie((res) => {
      res.writeHead(status);
      const write = () => {
        while (!res.destroyed && written < 200_000_000) {
          written += 1_000_000;
          if (!res.write(' '.repeat(1_000_000))) return;
        }
        res.end();
      };
      res.on('drain', write);
      write();
    });
    expect(await gateway.find(newId())).toEqual({ outcome: 'unavailable' });
    expect(written).toBeLessThan(60_000_000);
    server.closeAllConnections();
    server.close();
  });

  it('gives a reason of any length, of which the buyer gets one line', async () => {
    const request = order();
    const reason = `No\u0000money.\r\n${'x'.repeat(20_000)}`;
    const { paymentId } = request;
    const [gateway, server] = await lie(say({ paymentId, status: 'declined', reason }));
    expect(await gateway.charge(request)).toEqual({
      outcome: 'declined',
      reason: expect.stringMatching(/^No money\. x{100,200}…$/),
    });
    server.close();
  });
});
