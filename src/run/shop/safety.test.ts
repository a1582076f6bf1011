import { expect, it } from 'vitest';
import { assertOwned } from './safety.ts';

const resolve = async (host: string): Promise<string[]> =>
  host === 'shop.test' ? ['10.0.0.7', '93.184.216.34'] : ['192.168.1.9'];

it.each([
  'http://127.0.0.1:3000',
  'http://[::1]:3000',
  'http://10.1.2.3/shop',
  'http://172.31.255.1',
  'http://169.254.1.1',
  'http://[fd12::1]',
  'http://[fe80::1]',
  'http://[::ffff:127.0.0.1]',
  'http://shop.internal',
])('lets a load go to %s', async (url) => {
  await expect(assertOwned([url], false, resolve)).resolves.toBeUndefined();
});

it.each([
  'http://8.8.8.8',
  'http://172.32.0.1',
  'http://[2606:4700::1]',
  'http://[::ffff:8.8.8.8]',
  'http://shop.test',
])('lets no load go to %s unless it is the user’s', async (url) => {
  const urls = ['http://127.0.0.1:3000', url];
  await expect(assertOwned(urls, false, resolve)).rejects.toMatchObject({
    exitCode: 2,
    next: expect.stringContaining('--i-own-this-server'),
  });
  await expect(assertOwned(urls, true, resolve)).resolves.toBeUndefined();
});
