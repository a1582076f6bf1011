import type { AnyNode } from '../syntax/nodes.ts';
import { isArgumentOf, nameOfKey, parentOf } from '../syntax/nodes.ts';

/** True if a script exports a `sale` or imports `flashsale`: k6 knows neither, so it was written for this engine. */
export function isForThisEngine(nodes: AnyNode[]): boolean {
  return nodes.some((node) => {
    if (node.type === 'Literal') {
      return node.value === 'flashsale' && isArgumentOf(node, 'require');
    }
    if (node.type === 'Property') {
      const list = parentOf(node);
      return (
        list && nameOfKey(node.key, node.computed) === 'sale' && isArgumentOf(list, '__export')
      );
    }
    return false;
  });
}
