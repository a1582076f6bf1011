import { expect, it } from 'vitest';
import { bindSql, placeholdersOfSql } from './sql-statement.ts';

const fields: Record<string, unknown> = { sku: 'lamp', 'sku.product': 42, n: 5 };
const fieldOf = (name: string): unknown => {
  if (name in fields) return fields[name];
  throw new Error(`nothing provides {${name}}`);
};

it('makes a parameter of each placeholder, with and without quotes', () => {
  const template = "SELECT * FROM o WHERE sku = '{sku}' AND product = {sku.product} OR sku={sku}";
  expect(bindSql(template, fieldOf)).toEqual({
    text: 'SELECT * FROM o WHERE sku = $1 AND product = $2 OR sku=$3',
    values: ['lamp', 42, 'lamp'],
  });
});

it('leaves quoted texts, names and comments alone', () => {
  const template = `SELECT '{"a":{"b":1}}', '{1,2}', '{{x}}', "{n}" -- {sku}
    /* {none} */ FROM "it''s"`;
  expect(bindSql(template, fieldOf)).toEqual({
    text: template.replace('{{x}}', '{x}'),
    values: [],
  });
});

it('refuses a placeholder amid a quoted text, and a name that nothing provides', () => {
  expect(() => bindSql("WHERE name LIKE '%{sku}%'", fieldOf)).toThrow(
    "a placeholder stands in a quoted text of SQL: '%{sku}%'",
  );
  expect(() => bindSql('WHERE x = {price}', fieldOf)).toThrow('nothing provides {price}');
});

it('lists the placeholders', () => {
  expect(placeholdersOfSql("SELECT {env.A} FROM t WHERE b = '{sku.product}'")).toEqual([
    'env.A',
    'sku.product',
  ]);
});
