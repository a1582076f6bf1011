import { describe, expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';

describe('S4.1 passwords', () => {
  const passwords = createPasswords({ cost: 4 });

  test('match their own hash and no other', async () => {
    const hash = await passwords.hash('correct horse');
    expect(hash).not.toContain('correct horse');
    expect(await passwords.matches('correct horse', hash)).toBe(true);
    expect(await passwords.matches('battery staple', hash)).toBe(false);
  });

  test('never match without a hash', async () => {
    expect(await passwords.matches('the password of nobody', undefined)).toBe(false);
    expect(await passwords.matches('the password of nobody', null)).toBe(false);
  });
});
