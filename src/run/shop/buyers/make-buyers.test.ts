import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import jwt from 'jsonwebtoken';
import { afterEach, expect, it } from 'vitest';
import { serve, type TestServer } from '../../../load/testing/servers.ts';
import type { TargetFileInput } from '../../../target/file/schema.ts';
import { meansOf } from '../testing/means.ts';
import { makeBuyers } from './make-buyers.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A shop that answers with what `answer` says about a request's body. */
async function shopThat(
  answer: (body: string, request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  server = await serve(async (request, response) => {
    const reply = answer(await text(request), request, response);
    response.end(JSON.stringify(reply ?? {}));
  });
  return server.origin;
}

const make = (
  count: number,
  file: Partial<TargetFileInput>,
  options: Parameters<typeof meansOf>[1] = {},
  onProgress: (ready: number) => void = () => {},
) => makeBuyers(count, 'r7', meansOf(file, options), onProgress);

it('makes up fields for each buyer, of which each may have those before it', async () => {
  const fields = { id: 'b{n}', email: '{id}-{run}@shop.test' };
  expect(await make(2, { buyers: { fields } })).toEqual([
    { id: 'b1', email: 'b1-r7@shop.test' },
    { id: 'b2', email: 'b2-r7@shop.test' },
  ]);
});

it('registers each buyer and logs them in, with tokens and cookies from the answers', async () => {
  const url = await shopThat((body, { url: path }, response) => {
    if (path === '/users') return { user: { id: `u-${JSON.parse(body).email}` } };
    response.writeHead(302, { 'set-cookie': ['a=1', `sid=${body}; Path=/`], 'x-csrf': 'c' });
  });
  const ready: number[] = [];
  const buyers = await make(
    2,
    {
      url,
      buyers: {
        fields: { id: '{n}', email: 'e{n}' },
        steps: [
          { request: 'POST /users', json: { email: '{email}' }, answer: { id: 'user.id' } },
          {
            request: 'POST /login',
            form: { email: '{email}' },
            accept: [302],
            answer: { session: 'cookie sid', csrf: 'header x-csrf' },
          },
        ],
      },
    },
    {},
    (count) => ready.push(count),
  );
  expect(buyers).toEqual([
    { id: 'u-e1', email: 'e1', session: 'email=e1', csrf: 'c' },
    { id: 'u-e2', email: 'e2', session: 'email=e2', csrf: 'c' },
  ]);
  expect(ready).toEqual([1, 2]);
});

it('sends the headers of every request as far as they are known, and a step has its own instead', async () => {
  const seen: (string | undefined)[][] = [];
  const url = await shopThat((_body, { headers }) => {
    seen.push([headers['x-shop'], headers.authorization, headers['x-call']] as string[]);
    return { token: 't1' };
  });
  const headers = { 'X-Shop': '{env.SHOP}', Authorization: 'Bearer {token}', 'x-call': '{call}' };
  const steps = [
    { request: 'POST /login', answer: { token: 'token' } },
    { request: 'POST /profile' },
    { request: 'POST /roles', headers: { authorization: 'admin' } },
  ];
  await make(1, { url, headers, buyers: { steps } }, { env: { SHOP: 'corner' } });
  expect(seen).toEqual([
    ['corner', undefined, undefined],
    ['corner', 'Bearer t1', undefined],
    ['corner', 'admin', undefined],
  ]);
});

it('waits and asks again when the shop has too many requests', async () => {
  let asked = 0;
  const url = await shopThat((_body, _request, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(429, { 'retry-after': '0.01' });
    return { token: 't' };
  });
  const steps = [{ request: 'POST /login', answer: { token: 'token' } }];
  expect(await make(1, { url, buyers: { steps } })).toEqual([{ id: 'buyer-1', token: 't' }]);
});

it('names the step, the status and the body of a bad answer, without secrets', async () => {
  const url = await shopThat((body, _request, response) => {
    response.writeHead(403);
    return { error: `no such key: ${body}` };
  });
  const steps = [{ request: 'POST /login', body: '{env.SHOP_KEY}' }];
  await expect(
    make(3, { url, buyers: { steps } }, { env: { SHOP_KEY: 'k3y-of-shop' } }),
  ).rejects.toMatchObject({
    exitCode: 3,
    message: 'buyers.steps.0 of the target file: POST /login answered 403',
    why: '{"error":"no such key: {env.SHOP_KEY}"}',
  });
});

it('says which field is not in an answer', async () => {
  const url = await shopThat(() => ({ jwt: 't' }));
  const steps = [{ request: 'POST /login', answer: { token: 'token' } }];
  await expect(make(1, { url, buyers: { steps } })).rejects.toMatchObject({
    message: 'buyers.steps.0 of the target file: POST /login answered 200 without token (token)',
    why: '{"jwt":"t"}',
  });
});

it('signs a token with the claims that the shop wants', async () => {
  const [buyer] = await make(
    1,
    {
      buyers: {
        fields: { id: '{n}' },
        sign: { secret: '{env.JWT_SECRET}', claims: { userId: '{id:number}', role: 'user' } },
      },
    },
    { env: { JWT_SECRET: 'between-us' } },
  );
  expect(jwt.verify(String(buyer?.token), 'between-us')).toMatchObject({ userId: 1, role: 'user' });
});

it('takes the rows of a command, in which a column may be the id', async () => {
  const from = { command: `printf 'email;pw\\na@x;1\\nb@x;2\\n'` };
  const buyers = { from, fields: { id: '{email}' } };
  expect(await make(2, { buyers })).toEqual([
    { id: 'a@x', email: 'a@x', pw: '1' },
    { id: 'b@x', email: 'b@x', pw: '2' },
  ]);
  await expect(make(2, { buyers: { from } })).rejects.toMatchObject({
    message: 'row 1 of the buyers has no id',
  });
  await expect(make(3, { buyers })).rejects.toMatchObject({
    message: 'buyers.from has 2 buyers, and the scenario needs 3',
  });
});

it('fails where a placeholder names nothing', async () => {
  const buyers = { steps: [{ request: 'GET /{nobody}' }] };
  await expect(make(1, { buyers })).rejects.toMatchObject({
    exitCode: 2,
    message: 'nothing provides {nobody} in buyers.steps.0 of the target file',
  });
});

it('leaves out a header of every request whose field nobody knows yet', async () => {
  const cookies: (string | undefined)[] = [];
  const url = await shopThat((_body, { headers }, response) => {
    cookies.push(headers.cookie);
    response.setHeader('set-cookie', 'sid=s1');
  });
  const step = { request: 'POST /login', answer: { session: 'cookie sid' } };
  await make(1, {
    url,
    headers: { cookie: 'sid={session}' },
    buyers: { fields: { id: 'b{n}' }, steps: [step, { request: 'POST /welcome' }] },
  });
  expect(cookies).toEqual([undefined, 'sid=s1']);
});
