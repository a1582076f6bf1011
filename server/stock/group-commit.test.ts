import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createGroupCommit } from './group-commit.ts';
import { createTurns, type Turns } from './turns.ts';

interface Request {
  key: string;
  user: string;
  bad?: boolean;
}

/** A group commit whose batches end when the test ends them. */
function observed(
  options: { batchMax?: number; mayBeOneRequestsFault?: boolean; turns?: Turns } = {},
) {
  const batches: { key: string; users: string[]; end(error?: Error): void }[] = [];
  const group = createGroupCommit<Request, string>({
    keyOf: (request) => request.key,
    conflictKey: (request) => request.user,
    batchMax: options.batchMax ?? 100,
    mayBeOneRequestsFault: () => options.mayBeOneRequestsFault ?? false,
    turns: options.turns && { of: options.turns, nameOf: ({ key }) => key },
    execute: (key, batch) =>
      new Promise((resolve, reject) => {
        const users = batch.map((request) => request.user);
        batches.push({
          key,
          users,
          end: (error) =>
            error === undefined ? resolve(users.map((user) => `done ${user}`)) : reject(error),
        });
      }),
  });
  return { batches, submit: (key: string, user: string) => group.submit({ key, user }) };
}

/** Runs all callbacks that are ready. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('puts the requests that arrive during a batch into the next one', async () => {
  const { batches, submit } = observed();
  const first = [submit('A', 'ann'), submit('A', 'bob')];
  await settle();
  const second = [submit('A', 'cid'), submit('A', 'dan'), submit('A', 'eve')];
  await settle();
  expect(batches.map((batch) => batch.users)).toEqual([['ann', 'bob']]);

  batches[0]?.end();
  expect(await Promise.all(first)).toEqual(['done ann', 'done bob']);
  await settle();
  expect(batches.map((batch) => batch.users)).toEqual([
    ['ann', 'bob'],
    ['cid', 'dan', 'eve'],
  ]);
  batches[1]?.end();
  expect(await Promise.all(second)).toEqual(['done cid', 'done dan', 'done eve']);
});

it('lets batches of two groups take turns, and a batch has all that arrived until its turn', async () => {
  const turns = createTurns();
  const [holds, sales] = [observed({ turns }), observed({ turns })];
  const held = holds.submit('A', 'ann');
  await settle();
  const sold = [sales.submit('A', 'bob')];
  const elsewhere = sales.submit('B', 'eve');
  await settle();
  sold.push(sales.submit('A', 'cid'));
  await settle();
  expect(sales.batches.map((batch) => batch.users)).toEqual([['eve']]);

  holds.batches[0]?.end(new Error('the database is away'));
  await expect(held).rejects.toThrow('away');
  const next = holds.submit('A', 'dan');
  await settle();
  expect(sales.batches.map((batch) => batch.users)).toEqual([['eve'], ['bob', 'cid']]);
  expect(holds.batches).toHaveLength(1);

  for (const batch of sales.batches) batch.end();
  await settle();
  holds.batches[1]?.end();
  expect(await Promise.all([...sold, elsewhere, next])).toEqual([
    ...['done bob', 'done cid', 'done eve', 'done dan'],
  ]);
});

it('commits different keys at the same time', async () => {
  const { batches, submit } = observed();
  const both = [submit('A', 'ann'), submit('B', 'ann')];
  await settle();

  expect(batches.map((batch) => batch.key)).toEqual(['A', 'B']);
  for (const batch of batches) batch.end();
  expect(await Promise.all(both)).toEqual(['done ann', 'done ann']);
});

it('never puts two requests of one user into one batch, and keeps their order', async () => {
  const { batches, submit } = observed();
  const calls = ['ann', 'ann', 'bob', 'ann', 'cid'].map((user) => submit('A', user));
  for (const place of [0, 1, 2]) {
    await settle();
    batches[place]?.end();
  }

  await Promise.all(calls);
  expect(batches.map((batch) => batch.users)).toEqual([['ann', 'bob', 'cid'], ['ann'], ['ann']]);
});

it('keeps a batch within its maximum', async () => {
  const { batches, submit } = observed({ batchMax: 2 });
  const calls = ['ann', 'bob', 'cid'].map((user) => submit('A', user));
  for (const place of [0, 1]) {
    await settle();
    batches[place]?.end();
  }

  await Promise.all(calls);
  expect(batches.map((batch) => batch.users)).toEqual([['ann', 'bob'], ['cid']]);
});

it('rejects all requests of a batch that none of them made fail, and goes on with the next', async () => {
  const { batches, submit } = observed();
  const failing = Promise.allSettled([submit('A', 'ann'), submit('A', 'bob')]);
  await settle();
  const next = submit('A', 'cid');
  const away = new Error('the database is away');
  batches[0]?.end(away);

  expect(await failing).toEqual([
    { status: 'rejected', reason: away },
    { status: 'rejected', reason: away },
  ]);
  await settle();
  batches[1]?.end();
  expect(await next).toBe('done cid');
});

it('lets one bad request fail alone', async () => {
  const { batches, submit } = observed({ mayBeOneRequestsFault: true });
  const calls = Promise.allSettled([submit('A', 'ann'), submit('A', 'bad'), submit('A', 'cid')]);
  const refused = new Error('cannot be stored');
  await settle();
  batches[0]?.end(refused);
  for (const place of [1, 2, 3]) {
    await settle();
    const alone = batches[place];
    alone?.end(alone.users[0] === 'bad' ? refused : undefined);
  }

  expect(await calls).toEqual([
    { status: 'fulfilled', value: 'done ann' },
    { status: 'rejected', reason: refused },
    { status: 'fulfilled', value: 'done cid' },
  ]);
});

it('starts again for a key that was idle', async () => {
  const { batches, submit } = observed();
  for (const place of [0, 1]) {
    const call = submit('A', 'ann');
    await settle();
    batches[place]?.end();
    await call;
    await settle();
  }
  expect(batches).toHaveLength(2);
});

it('resolves every request once, with its own result, in any order of arrivals', async () => {
  const request = fc.record({
    key: fc.constantFrom('A', 'B'),
    user: fc.constantFrom('ann', 'bob', 'cid'),
    bad: fc.boolean(),
    waitsBefore: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (requests, batchMax) => {
        const underWay = new Set<string>();
        const group = createGroupCommit<Request & { place: number }, number>({
          keyOf: ({ key }) => key,
          conflictKey: ({ user }) => user,
          batchMax,
          mayBeOneRequestsFault: () => true,
          async execute(key, batch) {
            expect(underWay.has(key)).toBe(false);
            expect(batch.length).toBeLessThanOrEqual(batchMax);
            expect(new Set(batch.map(({ user }) => user)).size).toBe(batch.length);
            underWay.add(key);
            await settle();
            underWay.delete(key);
            if (batch.some(({ bad }) => bad)) throw new Error('bad request');
            return batch.map(({ place }) => place);
          },
        });
        const calls: Promise<number>[] = [];
        for (const [place, { key, user, bad, waitsBefore }] of requests.entries()) {
          if (waitsBefore) await settle();
          const call = group.submit({ key, user, bad, place });
          call.catch(() => {});
          calls.push(call);
        }
        const answers = await Promise.allSettled(calls);
        expect(
          answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'refused')),
        ).toEqual(requests.map(({ bad }, place) => (bad ? 'refused' : place)));
      },
    ),
  );
});
