import { expect, it } from 'vitest';
import { createSecrets } from './secrets.ts';

const noField = (name: string): unknown => {
  throw new Error(`nothing provides {${name}}`);
};

it('gives variables of the environment, and names them instead of showing their values', () => {
  const secrets = createSecrets({ DB: 'postgres://shop:s%40cret@db/shop', TOKEN: 't0ken', N: '1' });
  const fieldOf = secrets.withEnv(noField);
  expect(fieldOf('env.DB')).toBe('postgres://shop:s%40cret@db/shop');
  expect([fieldOf('env.TOKEN'), fieldOf('env.N')]).toEqual(['t0ken', '1']);
  expect(
    secrets.scrub('t0ken at postgres://shop:s%40cret@db/shop, with s%40cret or s@cret, 1 time'),
  ).toBe('{env.TOKEN} at {env.DB}, with *** or ***, 1 time');
});

it('knows the secrets that a command or a URL has in it', () => {
  const secrets = createSecrets({ SHOP_KEY: 'k3y-of-shop', OTHER: 'other' });
  secrets.hideVariablesOf(`curl -H "x-key: \${SHOP_KEY}" $HOST`);
  secrets.hidePasswordOf('postgres://shop:hunter2@db/shop');
  expect(secrets.scrub('k3y-of-shop hunter2 other')).toBe('$SHOP_KEY *** other');
});

it('says which variable is missing', () => {
  const fieldOf = createSecrets({}).withEnv(noField);
  expect(() => fieldOf('env.TOKEN')).toThrow('the target file uses {env.TOKEN}');
  expect(() => fieldOf('price')).toThrow('nothing provides {price}');
});
