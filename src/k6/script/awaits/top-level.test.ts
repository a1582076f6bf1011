import { expect, it } from 'vitest';
import { initAwaitsToCalls } from './top-level.ts';

it('awaits of init code become calls, those of functions stay', async () => {
  const { code } = await initAwaitsToCalls(
    'const a = await load(1, await 2);\nexport async function buy() { await a; }\n',
    {},
  );
  expect(code).toContain('const a = __initAwait(load(1, __initAwait(2)))');
  expect(code).toContain('await a;');
  expect(code).toContain('"use strict";');
});

it('the comments before files stay', async () => {
  const { code } = await initAwaitsToCalls('// shop.js\nawait 1;\n// a remark\n', {
    'shop.js': {},
  });
  expect(code).toContain('//! shop.js');
  expect(code).not.toContain('a remark');
});

it('positions lead back to the text before', async () => {
  const { before } = await initAwaitsToCalls('const a = await x;\n', {});
  // `x`, after `__initAwait( ` in place of `await `.
  expect(before(1, 'const a = __initAwait( x'.length)).toEqual({ line: 1, column: 17 });
});

it('"for await" in init code cannot be converted', async () => {
  await expect(initAwaitsToCalls('for await (const a of b) a;\n', {})).rejects.toMatchObject({
    errors: [{ text: expect.stringContaining('put it into an async function') }],
  });
  const { code } = await initAwaitsToCalls(
    'async function f() { for await (const a of b) a; }\nf();\n',
    {},
  );
  expect(code).toContain('for await');
});
