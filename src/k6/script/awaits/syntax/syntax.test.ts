import type { Identifier } from 'acorn';
import { describe, expect, it } from 'vitest';
import { functionAround, isFunction, nameOfKey, parentOf } from './nodes.ts';
import { parseSyntax } from './parse.ts';
import { variableOf } from './variables.ts';

const parsed = (code: string) => parseSyntax(code, () => false);

/** Names of one kind of node, in the order of the text. */
function identifiers(code: string, name: string): Identifier[] {
  return parsed(code).filter(
    (node): node is Identifier => node.type === 'Identifier' && node.name === name,
  );
}

describe('nodes', () => {
  it('come outer ones first, and know the node around them', () => {
    const nodes = parsed('a(b);');
    expect(nodes.map(({ type }) => type)).toEqual([
      ...['Program', 'ExpressionStatement', 'CallExpression', 'Identifier', 'Identifier'],
    ]);
    expect(parentOf(nodes[4] as never)).toBe(nodes[2]);
    expect(parentOf(nodes[0] as never)).toBeUndefined();
  });

  it('of statements that are left out are missing', () => {
    const nodes = parseSyntax('var a = 1; b;', ({ type }) => type === 'VariableDeclaration');
    expect(nodes.map(({ type }) => type)).toEqual(['Program', 'ExpressionStatement', 'Identifier']);
  });

  it('know the innermost function around them', () => {
    const nodes = parsed('function outer() { return () => inner; } outside;');
    const around = (name: string) => {
      const node = nodes.find((each) => each.type === 'Identifier' && each.name === name);
      return functionAround(node as never)?.type;
    };
    expect(around('inner')).toBe('ArrowFunctionExpression');
    expect(around('outside')).toBeUndefined();
  });

  it.each([
    ['o.name', 'name'],
    ['o["name"]', 'name'],
    ['o[0]', '0'],
    ['o[name]', undefined],
  ])('%s has the name %s', (code, name) => {
    const member = parsed(code).find((node) => node.type === 'MemberExpression');
    if (member?.type !== 'MemberExpression') throw new Error('no member');
    expect(nameOfKey(member.property, member.computed)).toBe(name);
  });
});

describe('variables', () => {
  /** A number for each name in the order of the text; equal numbers mean one variable, 0 is a global. */
  function numbers(code: string): number[] {
    const known: unknown[] = [undefined];
    return identifiers(code, 'x').map((identifier) => {
      const variable = variableOf(identifier);
      if (!known.includes(variable)) known.push(variable);
      return known.indexOf(variable);
    });
  }

  it.each([
    ['x;', [0]],
    ['let x; { let x; x; } x;', [1, 2, 2, 1]],
    ['var x; { var x; x; }', [1, 1, 1]],
    ['function f(x) { x; } x;', [1, 1, 0]],
    ['{ function x() {} x; } x;', [1, 1, 0]],
    ['(function x() { x; }); x;', [1, 1, 0]],
    ['class x {} x;', [1, 1]],
    ['try {} catch (x) { x; } x;', [1, 1, 0]],
    ['for (const x of []) x; x;', [1, 1, 0]],
    ['const { a: [x = 1], ...rest } = {}; x;', [1, 1]],
    ['function f({ ...x }, ...y) { x; }', [1, 1]],
    ['class A { static { var x; x; } } x;', [1, 1, 0]],
    ['switch (1) { case 1: let x; x; } x;', [1, 1, 0]],
  ])('of %s', (code, expected) => {
    expect(numbers(code)).toEqual(expected);
  });
});

it('functions are all three kinds', () => {
  const kinds = parsed('function a() {} (function () {}); () => 1; class A { b() {} }').filter(
    isFunction,
  );
  expect(kinds).toHaveLength(4);
});
