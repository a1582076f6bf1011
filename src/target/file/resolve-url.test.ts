import { describe, expect, it } from 'vitest';
import { resolveUrl } from './resolve-url.ts';

describe('a base URL', () => {
  it.each([
    ['http://127.0.0.1:3000/api/', 'http://127.0.0.1:3000/api', 'http://127.0.0.1:3000/api'],
    ['{env.SHOP_URL}', 'http://shop:80/k3y', 'http://shop:80/{env.SHOP_URL}'],
    ['{env.PLAIN_URL}/v1', 'http://shop:80/v1', 'http://shop:80/v1'],
    ['http://{env.HOST}:81/{env.KEY}/v1', 'http://shop:81/k3y/v1', 'http://shop:81/{env.KEY}/v1'],
  ])(
    '%s is asked with its variables, and shown without those in its path',
    (template, url, shown) => {
      const env = {
        SHOP_URL: 'http://shop:80/k3y',
        PLAIN_URL: 'http://shop:80',
        HOST: 'shop',
        KEY: 'k3y',
      };
      expect(resolveUrl(template, env)).toEqual({ url, shown });
    },
  );

  it.each([
    ['{env.NONE}', 'the environment has no NONE', 'asks for it as {env.NONE}'],
    [
      '{env.WORD}',
      'the url {env.WORD} of the target file cannot be used',
      'no URL of http or https',
    ],
    [
      '{env.LOGIN}',
      'the url {env.LOGIN} of the target file cannot be used',
      'a user and a password',
    ],
    ['http://shop/?a={env.WORD}', 'cannot be used', 'it has a query'],
  ])('%s is refused, without the value of its variable', (template, message, why) => {
    const env = { WORD: 's3cret', LOGIN: 'http://ann:s3cret@shop' };
    const resolve = () => resolveUrl(template, env);
    expect(resolve).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        why: expect.stringContaining(why),
      }),
    );
    expect(resolve).not.toThrow('s3cret');
  });
});
