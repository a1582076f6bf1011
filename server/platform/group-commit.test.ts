import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createGroupCommit } from './group-commit.ts';

interface Request {
  key: string;
  user: string;
  names?: readonly string[];
  bad?: boolean;
}

/** A group commit whose batches end when the test ends them. */
function observed(
  options: { batchMax?: number; mayBeOneRequestsFault?: boolean; atOnceMax?: number } = {},
) {
  const batches: { key: string; users: string[]; end(error?: Error): void }[] = [];
  const group = createGroupCommit<Request, string>({
    keyOf: (request) => request.key,
    conflictKey: (request) => request.user,
    batchMax: options.batchMax ?? 100,
    mayBeOneRequestsFault: () => options.mayBeOneRequestsFault ?? false,
    namesOf: ({ key, names }) => names ?? [key],
    atOnceMax: options.atOnceMax,
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
  return {
    batches,
    submit: (key: string, user: string) => group.submit({ key, user }),
    /** Submits a request whose result the test does not ask for. */
    enter: (key: string, user: string, names: string[]) =>
      void group.submit({ key, user, names }).catch(() => {}),
    /** The users of all batches so far. */
    users: () => batches.map((batch) => batch.users.join(' ')),
  };
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

it('has requests of one key go together, whatever they change', async () => {
  const { users, enter } = observed();
  enter('hold', 'ann', ['A']);
  enter('hold', 'bob', ['B']);
  enter('sell', 'cid', ['C']);
  await settle();
  expect(users()).toEqual(['ann bob', 'cid']);
});

it('lets no two batches that change the same thing go at the same time', async () => {
  const { batches, users, enter } = observed();
  enter('hold', 'ann', ['A']);
  enter('hold', 'bob', ['B']);
  await settle();
  enter('sell', 'cid', ['B']);
  enter('hold', 'dan', ['A']);
  enter('hold', 'eve', ['C']);
  enter('sell', 'fay', ['C']);
  await settle();
  expect(users()).toEqual(['ann bob', 'eve']);

  batches[0]?.end(new Error('the database is away'));
  await settle();
  expect(users()).toEqual(['ann bob', 'eve', 'cid', 'dan']);
  batches[1]?.end();
  await settle();
  expect(users().at(-1)).toBe('fay');
});

it('begins the oldest request that waits as soon as what it changes is free', async () => {
  const { batches, users, enter } = observed();
  enter('hold', 'ann', ['A']);
  await settle();
  enter('sell', 'bob', ['A']);
  enter('hold', 'cid', ['A']);
  enter('sell', 'dan', ['A']);
  batches[0]?.end();
  await settle();
  expect(users()).toEqual(['ann', 'bob dan']);
});

it('keeps the batches under way within their maximum, and the next one has all that arrived until then', async () => {
  const { batches, users, enter } = observed({ atOnceMax: 2 });
  for (const name of ['A', 'B', 'C']) {
    enter('hold', `ann ${name}`, [name]);
    await settle();
  }
  enter('hold', 'bob', ['D']);
  await settle();
  expect(users()).toEqual(['ann A', 'ann B']);
  batches[0]?.end();
  await settle();
  expect(users()).toEqual(['ann A', 'ann B', 'ann C bob']);
});

it('lets a request that changes two things go before later ones that would keep one of them busy', async () => {
  const { batches, users, enter } = observed();
  enter('hold', 'ann', ['A']);
  await settle();
  enter('hold', 'basket', ['A', 'B']);
  await settle();
  enter('hold', 'bob', ['B']);
  enter('hold', 'cid', ['C']);
  await settle();
  expect(users()).toEqual(['ann', 'cid']);

  batches[0]?.end();
  await settle();
  expect(users()).toEqual(['ann', 'cid', 'basket bob']);
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
    key: fc.constantFrom('hold', 'sell'),
    names: fc.constantFrom(['A'], ['B'], ['A', 'B'], ['C']),
    user: fc.constantFrom('ann', 'bob', 'cid'),
    bad: fc.boolean(),
    waitsBefore: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (requests, batchMax, atOnceMax) => {
        const underWay: string[][] = [];
        const group = createGroupCommit<Request & { place: number }, number>({
          keyOf: ({ key }) => key,
          conflictKey: ({ user }) => user,
          namesOf: ({ names }) => names as readonly string[],
          batchMax,
          atOnceMax,
          mayBeOneRequestsFault: () => true,
          async execute(key, batch) {
            const names = [...new Set(batch.flatMap((one) => one.names as readonly string[]))];
            expect(underWay.flat()).not.toEqual(expect.arrayContaining(names.slice(0, 1)));
            expect(underWay.flat()).not.toEqual(expect.arrayContaining(names.slice(-1)));
            expect(underWay.length).toBeLessThan(atOnceMax);
            expect(new Set(batch.map((one) => one.key))).toEqual(new Set([key]));
            expect(batch.length).toBeLessThanOrEqual(batchMax);
            expect(new Set(batch.map(({ user }) => user)).size).toBe(batch.length);
            underWay.push(names);
            await settle();
            underWay.splice(underWay.indexOf(names), 1);
            if (batch.some(({ bad }) => bad)) throw new Error('bad request');
            return batch.map(({ place }) => place);
          },
        });
        const calls: Promise<number>[] = [];
        for (const [place, { waitsBefore, ...one }] of requests.entries()) {
          if (waitsBefore) await settle();
          const call = group.submit({ ...one, place });
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

it('sends the next batch before the callers of the last one go on', async () => {
  const seen: string[] = [];
  const ends: (() => void)[] = [];
  const group = createGroupCommit<string, string>({
    keyOf: () => 'one',
    conflictKey: (request) => request,
    batchMax: 1,
    mayBeOneRequestsFault: () => false,
    execute(_, [request]) {
      // As the pool of the database does it.
      process.nextTick(() => seen.push(`sent ${request}`));
      return new Promise((resolve) => ends.push(() => resolve(['done'])));
    },
  });
  const submit = (request: string) =>
    group.submit(request).then(() => seen.push(`told ${request}`));
  const both = [submit('first'), submit('second')];
  await expect.poll(() => ends.length).toBe(1);
  ends[0]?.();
  await both[0];
  ends[1]?.();
  await both[1];
  expect(seen).toEqual(['sent first', 'sent second', 'told first', 'told second']);
});
