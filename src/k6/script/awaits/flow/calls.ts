import { type AnyNode, type Call, nameOfKey } from '../syntax/nodes.ts';
import { type Given, passArguments } from './arguments.ts';
import { followBundlerCall } from './bundler.ts';
import type { FlowGraph } from './graph.ts';
import { followApiCall } from './k6-api.ts';
import { followNativeMethod } from './native-methods.ts';
import type { Values } from './value.ts';

/** `apply` and `...` hand over a list: this many parameters of the called function are taken to be elements. */
const APPLIED_MAX = 9;

/** Hands the arguments of a call to the functions it may call, and their results to the call. */
export function followCall(graph: FlowGraph, call: Call): void {
  const { cellOf, elements } = graph;
  const { callee } = call;
  const result = cellOf(call);
  const given = call.arguments.flatMap((argument) =>
    argument.type === 'SpreadElement' ? Array(APPLIED_MAX).fill(elements) : cellOf(argument),
  );
  followBundlerCall(graph, call, result);
  if (callee.type === 'MemberExpression') {
    const name = nameOfKey(callee.property, callee.computed) ?? '';
    followMethod(graph, name, callee.object, given, result);
  }
  connect(graph, cellOf(callee), given, result);
}

function followMethod(
  graph: FlowGraph,
  name: string,
  object: AnyNode,
  given: Given,
  result: Values,
): void {
  const receiver = graph.cellOf(object);
  if (name === 'call') connect(graph, receiver, given.slice(1), result);
  else if (name === 'apply') {
    connect(graph, receiver, Array(APPLIED_MAX).fill(graph.elements), result);
  } else if (name === 'bind') receiver.flowTo(result);
  else followNativeMethod(graph, name, object, given, result);
}

/** Hands arguments to everything that `callee` turns out to be. */
function connect(graph: FlowGraph, callee: Values, given: Given, result: Values): void {
  callee.each((value) => {
    if (typeof value === 'string') return;
    if (value.kind === 'function') {
      passArguments(graph, value.node, given);
      value.result.flowTo(result);
    } else if (value.kind === 'class' && value.construct) {
      passArguments(graph, value.construct, given);
    } else if (value.kind === 'api') {
      followApiCall(graph, value, given, result);
    }
  });
}
