import { expect, it } from 'vitest';
import { goalColumns, submitCode } from './goal.ts';

const hunt = goalColumns({ counts: 'codes', needed: 2, codes: ['RED', 'BLUE', 'GREEN', 'RED'] });
const NOTHING = { count: 0, found: [] };

it('S2.3 S2.4 a code counts once, and a wrong one never', () => {
  const first = submitCode(hunt, NOTHING, 'RED');
  if (first.outcome !== 'counted') throw new Error(first.outcome);
  expect(first.progress.count).toBe(1);
  expect(submitCode(hunt, first.progress, 'RED')).toEqual({ outcome: 'known' });
  expect(submitCode(hunt, first.progress, 'red')).toEqual({ outcome: 'wrong_code' });
  const second = submitCode(hunt, first.progress, 'BLUE');
  expect(second).toMatchObject({ outcome: 'counted', progress: { count: 2 } });
});

it('S2.4 codes are kept as hashes, each once', () => {
  expect(hunt.code_hashes).toHaveLength(3);
  expect(JSON.stringify(hunt)).not.toContain('RED');
});

it('S2.3 nobody submits what the server counts', () => {
  const orders = goalColumns({ counts: 'orders', needed: 3, codes: [] });
  expect(submitCode(orders, NOTHING, 'RED')).toEqual({ outcome: 'not_submittable' });
});
