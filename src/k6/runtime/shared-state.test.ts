import { describe, expect, it } from 'vitest';
import type { RunView } from '../../load/vu/run-view.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { deepFreeze, sharedStateOf, warnOnce } from './shared-state.ts';

describe('the shared state', () => {
  it('belongs to one run', () => {
    const [first, second] = [{} as RunView, {} as RunView];
    sharedStateOf(first).arrays.set('people', []);
    expect(sharedStateOf(first).arrays.has('people')).toBe(true);
    expect(sharedStateOf(second).arrays.has('people')).toBe(false);
  });

  it('logs a warning once for each subject, for all VUs of a run', () => {
    const logged: string[] = [];
    const run = {} as RunView;
    const createVu = () => ({ run, log: (line: string) => logged.push(line) }) as unknown as Vu;
    warnOnce(createVu(), 'redirect', 'unknown');
    warnOnce(createVu(), 'redirect', 'unknown');
    warnOnce(createVu(), 'timeout', 'odd');
    expect(logged).toEqual(['warning: unknown', 'warning: odd']);
  });
});

it('deepFreeze freezes what is inside too', () => {
  const rows = deepFreeze([{ name: 'Al', tags: ['a'] }, null]);
  expect(() => rows[0]?.tags.push('b')).toThrow(TypeError);
  expect(() => {
    if (rows[0]) rows[0].name = 'Bo';
  }).toThrow(TypeError);
});
