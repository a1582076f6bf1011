import { describe, expect, it } from 'vitest';
import { guardMembers, PendingResponse } from './pending-response.ts';

describe('the promise of a response', () => {
  it('throws where a field of the response is read, and says what to write', async () => {
    const pending = new PendingResponse((resolve) => resolve(7));
    expect(() => (pending as unknown as { status: number }).status).toThrow(
      '.status was read of a response that is still on its way: put "await" before the http call',
    );
    expect(await pending).toBe(7);
  });

  it('makes plain promises of what follows it', () => {
    const followed = new PendingResponse((resolve) => resolve(7)).then(() => ({ status: 200 }));
    expect(followed).not.toBeInstanceOf(PendingResponse);
    expect((followed as unknown as { status?: number }).status).toBeUndefined();
  });

  it('of a batch guards the members and the length', () => {
    const batch = Promise.resolve() as unknown as Record<string, unknown>;
    guardMembers(batch, ['one']);
    expect(() => batch.one).toThrow('[one] was read of a batch that is still on its way');
    expect(() => batch.length).toThrow('put "await" before http.batch(…)');
  });
});
