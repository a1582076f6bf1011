import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createDirectRequest } from './direct-request.ts';

const DirectRequest = createDirectRequest();
type DirectRequest = InstanceType<typeof DirectRequest>;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Serves one handler; resolves to a connection, and a function that reads from it until a text has come. */
async function connectTo(handle: (req: DirectRequest, res: ServerResponse) => void) {
  const server = createServer({ IncomingMessage: DirectRequest }, (req, res) =>
    handle(req as DirectRequest, res),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  closers.push(() => {
    socket.destroy();
    server.close();
  });
  return { socket, read: reader(socket) };
}

function reader(socket: Socket) {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  return async (end: string): Promise<string> => {
    while (!text.includes(end)) await once(socket, 'data');
    const answer = text.slice(0, text.indexOf(end) + end.length);
    text = text.slice(answer.length);
    return answer;
  };
}

const post = (length: number) => `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`;

/** Answers with the body between brackets, once it has come. */
function echo(req: DirectRequest, res: ServerResponse): void {
  const parts: Buffer[] = [];
  req.takeBody((part) => {
    if (part === null) res.end(`[${Buffer.concat(parts)}]`);
    else parts.push(part);
  });
}

describe('the body of a request', () => {
  it('is passed on as it comes, for one request after the other of a connection', async () => {
    const { socket, read } = await connectTo(echo);
    socket.write(`${post(5)}whole${post(3)}two`);
    expect(await read(']')).toContain('[whole]');
    expect(await read(']')).toContain('[two]');
    socket.write(`${post(8)}in `);
    await delay(20);
    socket.write('parts');
    expect(await read(']')).toContain('[in parts]');
  });

  it.each([
    ['whole', 'late', ''],
    ['in part', 'la', 'te'],
  ])('may have come %s before somebody takes it', async (_, before, after) => {
    const { socket, read } = await connectTo((req, res) => setTimeout(echo, 30, req, res));
    socket.write(post(4) + before);
    await delay(60);
    socket.write(after);
    expect(await read(']')).toContain('[late]');
  });

  it('may be dropped, and the connection stays good', async () => {
    const ends: string[] = [];
    const { socket, read } = await connectTo((req, res) => {
      req.on('end', () => ends.push(req.url ?? ''));
      req.takeBody((part) => {
        if (part === null) return;
        req.dropBody();
        res.end('[no]');
      });
    });
    for (let request = 1; request <= 2; request += 1) {
      socket.write(`${post(200_000)}${'x'.repeat(100_000)}`);
      expect(await read(']')).toContain('[no]');
      socket.write('x'.repeat(100_000));
    }
    await expect.poll(() => ends).toEqual(['/', '/']);
  });

  it('that ends too early is an error, and one that came is let go of', async () => {
    const errors: unknown[] = [];
    let last: DirectRequest | undefined;
    const { socket, read } = await connectTo((req, res) => {
      last = req;
      req.on('error', (error) => errors.push(error));
      echo(req, res);
    });
    socket.write(`${post(4)}good`);
    await read(']');
    expect(last?.readableEnded).toBe(true);
    // Node keeps a request until its body has ended.
    await expect.poll(() => Reflect.get(last?.socket ?? {}, 'parser')?.incoming).toBeNull();
    socket.write(`${post(4)}ba`);
    await expect.poll(() => last?.readableEnded).toBe(false);
    socket.destroy();
    await expect.poll(() => errors).toMatchObject([{ code: 'ECONNRESET' }]);
  });
});
