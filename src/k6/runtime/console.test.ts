import { describe, expect, it } from 'vitest';
import { runOnce } from '../testing/run-once.ts';

describe('console', () => {
  it('shows objects as JSON and puts values side by side', async () => {
    const { log } = await runOnce(
      `console.log('%s', { a: [1] }, null, () => 1); console.error(new TypeError('no'));`,
    );
    expect(log).toEqual(['%s {"a":[1]} null [object Function]', 'error: TypeError: no']);
  });
});
