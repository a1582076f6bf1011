import { expect, it } from 'vitest';
import { startLoad } from '../load/engine/start-load.ts';
import { findRunner } from './runner.ts';

it('is our own engine unless the options ask for k6', async () => {
  expect(await findRunner({})).toEqual({ start: startLoad });
});

it('is refused if there is no k6 on PATH', async () => {
  await expect(findRunner({ k6: { env: { PATH: '/nowhere' } } })).rejects.toMatchObject({
    exitCode: 3,
    message: 'there is no k6 to run',
  });
});
