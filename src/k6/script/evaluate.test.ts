import { expect, it } from 'vitest';
import { createMetrics } from '../../load/metrics/metrics.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { compileBundle, type Evaluator, functionsIn, type ScriptEnvironment } from './evaluate.ts';
import { createReaderVu } from './reader-vu.ts';

const compile = (code: string, waits = false): Evaluator =>
  compileBundle('/shop.ts', {
    code,
    waits,
    originOf: (line) => ({ file: 'shop.ts', line: line + 100 }),
  });

const createVu = (env: Record<string, string> = {}): Vu => createReaderVu(env, createMetrics());

const ENVIRONMENT: ScriptEnvironment = {
  require: (module) => ({ module }),
  open: (path) => `text of ${path}`,
  inFile: () => {},
  globals: {
    ...{ console: 'console', crypto: 'crypto', setTimeout: 'setTimeout' },
    ...{ setInterval: 1, clearTimeout: 2, clearInterval: 3, process: undefined },
    ...{ globalThis: 'all', global: 'all' },
  },
};

function thrownBy(code: string): { evaluator: Evaluator; error: unknown } {
  const evaluator = compile(code);
  try {
    void evaluator.evaluate(createVu(), ENVIRONMENT);
  } catch (error) {
    return { evaluator, error };
  }
  throw new Error('nothing was thrown');
}

it('answers with what the script exports', () => {
  const exports = compile('exports.a = 1; module.exports.b = 2;').evaluate(createVu(), ENVIRONMENT);
  expect(exports).toEqual({ a: 1, b: 2 });
});

it('gives the script its modules, files, globals and VU', () => {
  const exports = compile(
    'exports.seen = [require("k6"), open("a"), console, globalThis, __vu.env.SHOP, typeof __inTurn];',
  ).evaluate(createVu({ SHOP: 'b' }), ENVIRONMENT);
  expect(exports).toEqual({
    seen: [{ module: 'k6' }, 'text of a', 'console', 'all', 'b', 'function'],
  });
});

it('gives each VU variables of its own', () => {
  const evaluator = compile('var count = 0; exports.next = () => (count += 1);');
  const vus = [createVu(), createVu()].map(
    (vu) => evaluator.evaluate(vu, ENVIRONMENT) as { next: () => number },
  );
  expect(vus[0]?.next()).toBe(1);
  expect(vus[0]?.next()).toBe(2);
  expect(vus[1]?.next()).toBe(1);
});

it('answers later if the init code waits', async () => {
  const exports = compile('exports.a = await Promise.resolve(1);', true).evaluate(
    createVu(),
    ENVIRONMENT,
  );
  expect(exports).toBeInstanceOf(Promise);
  expect(await exports).toEqual({ a: 1 });
});

it('describes an error by its place in the sources', () => {
  const { evaluator, error } = thrownBy('\nnull.price;');
  expect(evaluator.describeError(error)).toMatch(/^shop\.ts:102: TypeError: .*price/);
  const failed = thrownBy('throw new Error("sold out")');
  expect(failed.evaluator.describeError(failed.error)).toBe('shop.ts:101: sold out');
});

it('describes an error from elsewhere, and a value that is none, without a place', () => {
  const { describeError } = compile('');
  expect(describeError(new RangeError('too far'))).toBe('RangeError: too far');
  expect(describeError('sold out')).toBe('sold out');
});

it('owns the errors that its code threw, and every value that is no error', () => {
  const { evaluator, error } = thrownBy('null.price;');
  expect(evaluator.owns(error)).toBe(true);
  expect(evaluator.owns('sold out')).toBe(true);
  expect(evaluator.owns(new Error('ours'))).toBe(false);
});

it('only functions can be called', () => {
  const buy = () => 1;
  expect(functionsIn({ buy, sale: { stock: 1 } })).toEqual({ buy });
});
