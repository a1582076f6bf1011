import { describe, expect, it } from 'vitest';
import { findK6 } from './find-k6.ts';
import { fakeK6 } from './testing/fake-k6.ts';

describe('findK6', () => {
  it('says where to get k6 if there is none on PATH', async () => {
    await expect(findK6({ PATH: '/nonexistent' })).rejects.toMatchObject({
      message: 'there is no k6 to run',
      why: 'k6 is not on PATH',
    });
  });

  it.each([
    [
      'too old',
      'echo "k6 v0.56.0 (go1.23, linux/amd64)"',
      'it is 0.56.0, and TypeScript came with 0.57.0',
    ],
    ['another program', 'echo "hello"', '`k6 version` prints no version: hello'],
    ['broken', 'exit 5', 'Command failed: k6 version'],
  ])('refuses a k6 that is %s', async (_, script, why) => {
    await expect(findK6(fakeK6(script))).rejects.toMatchObject({
      why: expect.stringContaining(why),
    });
  });

  it.each([
    ['v0.57.0', '0.57.0'],
    ['v1.8.1 (go1.26)', '1.8.1'],
    ['v2.0.0-rc1', '2.0.0'],
  ])('takes k6 %s', async (printed, version) => {
    expect(await findK6(fakeK6(`echo "k6 ${printed}"`))).toBe(version);
  });
});
