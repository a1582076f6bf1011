import { describe, expect, it } from 'vitest';
import { runOnce } from '../testing/run-once.ts';

describe('the global crypto', () => {
  it('an iteration waits for the promises of crypto.subtle', async () => {
    const { shown } = await runOnce(`
      crypto.subtle.digest('SHA-256', new Uint8Array([1])).then((hash) => show(hash.byteLength));
      show(crypto.getRandomValues(new Uint8Array(4)).length + crypto.randomUUID().length);`);
    expect(shown).toEqual([40, 32]);
  });
});
