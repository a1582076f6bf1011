import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * Finds the tests that stand in the text of files, and that are not told when these are loaded: what is not told is not run, and
 * kills no mutant.
 *
 * @param namesIn the names of the tests that a file tells, as `createStories` has them
 * @returns a line for each such test, and for each file that cannot be loaded
 */
export function findUntold(paths, namesIn) {
  return paths.flatMap((path) => {
    try {
      const told = new Set(namesIn(path));
      const untold = testsIn(readFileSync(path, 'utf8')).filter((name) => !told.has(name));
      return untold.map((name) => `${path}: ${name}`);
    } catch (error) {
      return [`${path}: ${error.message}`];
    }
  });
}

/**
 * The names of the tests in the text of a file, each after those of the blocks around it. Those in blocks with options of
 * their own are left out.
 */
export function testsIn(text) {
  const names = [];
  const visit = (node, within) => {
    const of = functionOf(node);
    if (of === 'describe' && ts.isObjectLiteralExpression(node.arguments[1])) return;
    const path = of === undefined ? within : [...within, nameOf(node)];
    if (of === 'it' || of === 'test') names.push(path.join(' > '));
    ts.forEachChild(node, (child) => visit(child, path));
  };
  visit(ts.createSourceFile('story.ts', text, ts.ScriptTarget.Latest), []);
  return names;
}

const FUNCTIONS = new Set(['describe', 'it', 'test']);

/** The function of vitest that is told a name and something to run by a call: `it(…)`, `describe.each(…)(…)`. */
function functionOf(node) {
  if (!ts.isCallExpression(node) || node.arguments.length < 2) return undefined;
  const isEach =
    ts.isCallExpression(node.expression) &&
    ts.isPropertyAccessExpression(node.expression.expression);
  const callee = isEach ? node.expression.expression.expression : node.expression;
  return ts.isIdentifier(callee) && FUNCTIONS.has(callee.text) ? callee.text : undefined;
}

/** A name that is put together stands for itself: none of the names that are told is like it. */
const nameOf = ({ arguments: [name] }) =>
  ts.isStringLiteralLike(name) ? name.text : '(a name that is no plain text)';
