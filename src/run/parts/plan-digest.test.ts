import { expect, it } from 'vitest';
import { planDigest } from './plan-digest.ts';

const script = (vus: number) => ({ options: { scenarios: [{ name: 'crowd', vus }] } }) as never;
const digest = (vus: number, variables: Record<string, string>, sale = 'monday') =>
  planDigest(sale, script(vus), { variables });

it('is the same for parts of one plan, in whatever order their variables are given', () => {
  expect(digest(5, { RATE: '3', MODE: 'fast' })).toBe(digest(5, { MODE: 'fast', RATE: '3' }));
});

it('differs with a variable, a number of VUs and the preparation, and says none of them', () => {
  const all = [
    digest(5, { RATE: '3' }),
    digest(5, { RATE: '4' }),
    digest(5, {}),
    digest(6, { RATE: '3' }),
    digest(5, { RATE: '3' }, 'tuesday'),
  ];
  expect(new Set(all).size).toBe(all.length);
  for (const each of all) expect(each).toMatch(/^[\da-f]{8}$/);
});
