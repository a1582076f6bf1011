import { parse } from 'acorn';
import { type AnyNode, forEachChild, setParent } from './nodes.ts';
import { declareVariables } from './variables.ts';

/**
 * Parses a text; answers with every node, outer ones first. Afterwards `parentOf` and `variableOf` know the nodes.
 *
 * @param isLeftOut whether a statement of the outermost level is left out; its variables then count as globals
 */
export function parseSyntax(
  code: string,
  isLeftOut: (statement: AnyNode) => boolean,
  sourceType: 'script' | 'module' = 'script',
): AnyNode[] {
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType,
    // A CommonJS file is the body of a function.
    allowReturnOutsideFunction: true,
  });
  const nodes: AnyNode[] = [program];
  function visit(node: AnyNode): void {
    forEachChild(node, (child) => {
      if (node === program && isLeftOut(child)) return;
      nodes.push(child);
      setParent(child, node);
      visit(child);
    });
  }
  visit(program);
  for (const node of nodes) declareVariables(node);
  return nodes;
}
