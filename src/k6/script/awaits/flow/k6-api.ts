import { type Given, passArguments } from './arguments.ts';
import type { FlowGraph } from './graph.ts';
import type { ApiValue, Values } from './value.ts';

/** Members of `k6/http` that answer with a response. */
const REQUESTS = new Set([
  ...['get', 'head', 'post', 'put', 'patch', 'del', 'options', 'request', 'asyncRequest'],
]);

/** Follows a call of a member of a k6 module. */
export function followApiCall(
  graph: FlowGraph,
  { module, member }: ApiValue,
  given: Given,
  result: Values,
): void {
  if (module === 'k6/http') {
    if (member === 'batch') graph.elements.add('response');
    else if (REQUESTS.has(member)) result.add('response');
  } else if (module === 'response') {
    result.add('response');
  } else if (module === 'k6' && member === 'group') {
    given[1]?.each((value) => {
      if (typeof value !== 'string' && value.kind === 'function') value.result.flowTo(result);
    });
  } else if (module === 'k6' && member === 'check') {
    followTests(graph, given[1], given[0]);
  }
}

/** Hands the checked value to every test of a `check`. */
function followTests(
  graph: FlowGraph,
  tests: Values | undefined,
  checked: Values | undefined,
): void {
  tests?.each((value) => {
    if (typeof value === 'string' || value.kind !== 'object') return;
    for (const test of value.members.values()) {
      test.each((each) => {
        if (typeof each !== 'string' && each.kind === 'function') {
          passArguments(graph, each.node, [checked]);
        }
      });
    }
  });
}
