import pg from 'pg';
import { expect, it } from 'vitest';
import { untilDecided } from './until-decided.ts';

/** Returns one answer after the other, and then the last one again and again. */
function answering<Answer>(...answers: (Answer | Error)[]) {
  let asked = 0;
  const ask = async (): Promise<Answer> => {
    const answer = answers[Math.min(asked, answers.length - 1)] as Answer | Error;
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { ask, asked: () => asked };
}

function deadlock(): Error {
  const error = new pg.DatabaseError('deadlock detected', 0, 'error');
  error.code = '40P01';
  return error;
}

it('repeats a call that is undecided or was ended to break a deadlock', async () => {
  const { ask, asked } = answering<{ outcome: string }>({ outcome: 'retry' }, deadlock(), {
    outcome: 'held',
  });
  expect(await untilDecided(ask)).toEqual({ outcome: 'held' });
  expect(asked()).toBe(3);
});

it('S1.1 gives up after a bounded number of tries', async () => {
  const { ask, asked } = answering<{ outcome: string }>({ outcome: 'retry' });
  expect(await untilDecided(ask, () => ({ outcome: 'contention_lost' }))).toEqual({
    outcome: 'contention_lost',
  });
  expect(asked()).toBe(20);
  await expect(untilDecided(ask)).rejects.toThrow('undecided too often');
});

it('asks only once when the database is away', async () => {
  const { ask, asked } = answering<{ outcome: string }>(new Error('connection refused'));
  await expect(untilDecided(ask)).rejects.toThrow('connection refused');
  expect(asked()).toBe(1);
});
