import { expect, it } from 'vitest';
import { createCheckCounts } from './checks.ts';

it('counts passes and fails by group and name', () => {
  const checks = createCheckCounts();
  checks.count('', 'is there', true);
  checks.count('', 'is there', false);
  checks.count('::pay', 'is there', true);
  checks.count('', 'is there', true);
  expect(checks.all()).toEqual([
    { group: '', name: 'is there', passes: 2, fails: 1 },
    { group: '::pay', name: 'is there', passes: 1, fails: 0 },
  ]);
});

it('knows groups in which nothing was checked, those of workers too', () => {
  const [worker, all] = [createCheckCounts(), createCheckCounts()];
  worker.enter('::browse');
  worker.count('::pay', 'is paid', true);
  all.merge(worker.drain());
  expect(all.groups()).toEqual(['::browse', '::pay']);
  expect(all.all()).toMatchObject([{ group: '::pay' }]);
});

it('adds drained counts to others, and starts again from none', () => {
  const [worker, all] = [createCheckCounts(), createCheckCounts()];
  all.count('', 'is there', false);
  worker.count('', 'is there', true);
  all.merge(worker.drain());
  worker.count('', 'is there', true);
  worker.count('::pay', 'is paid', false);
  all.merge(worker.drain());
  expect(all.all()).toEqual([
    { group: '', name: 'is there', passes: 2, fails: 1 },
    { group: '::pay', name: 'is paid', passes: 0, fails: 1 },
  ]);
  expect(worker.drain()).toEqual({ counts: [], groups: [] });
});
