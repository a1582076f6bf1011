import type { OperationRule } from '../../target/operation-rule.ts';
import type { Target } from '../../target/target.ts';
import type { HttpRequest } from '../http/exchange.ts';
import { RequestContents } from './request-contents.ts';
import { createRuleReader, type RuleReader } from './rule-reader.ts';

/** The rule of one request, and what can be read from the request. */
export interface MatchedRule {
  reader: RuleReader;
  contents: RequestContents;
}

/** Finds the rule of a request; undefined when the request is no operation. */
export type OperationRouter = (request: HttpRequest) => MatchedRule | undefined;

interface Routes {
  fixed: Map<string, RuleReader[]>;
  templates: { pattern: RegExp; reader: RuleReader }[];
}

const NO_GROUPS: readonly string[] = [];

/** The first rule that matches wins, but fixed paths come before templates: they cost one look-up for all of them. */
export function createOperationRouter(target: Target): OperationRouter {
  const routesOf = routesByMethod(target);
  return (request) => {
    const routes = routesOf.get(request.method);
    if (!routes) return undefined;
    const query = request.path.indexOf('?');
    const path = query < 0 ? request.path : request.path.slice(0, query);
    const exact = routes.fixed.get(path);
    if (exact) {
      const contents = new RequestContents(request, NO_GROUPS);
      for (const reader of exact) if (reader.fits(contents)) return { reader, contents };
    }
    for (const { pattern, reader } of routes.templates) {
      const match = pattern.exec(path);
      if (!match) continue;
      const contents = new RequestContents(request, match);
      if (reader.fits(contents)) return { reader, contents };
    }
    return undefined;
  };
}

function routesByMethod(target: Target): Map<string, Routes> {
  const routesOf = new Map<string, Routes>();
  for (const rule of target.operations.toSorted(bySpecificity)) {
    const routes: Routes = routesOf.get(rule.method) ?? { fixed: new Map(), templates: [] };
    routesOf.set(rule.method, routes);
    const reader = createRuleReader(rule, target);
    if (typeof rule.path === 'string') {
      routes.fixed.set(rule.path, [...(routes.fixed.get(rule.path) ?? []), reader]);
    } else routes.templates.push({ pattern: new RegExp(rule.path.pattern), reader });
  }
  return routesOf;
}

/** A rule that asks for more comes first: lines of a basket, constants, and then a longer path around its values. */
function bySpecificity(a: OperationRule, b: OperationRule): number {
  const baskets = Number(b.ofBasket ?? false) - Number(a.ofBasket ?? false);
  if (baskets !== 0) return baskets;
  const constants = (b.constants?.length ?? 0) - (a.constants?.length ?? 0);
  return constants || lengthOf(b.path) - lengthOf(a.path);
}

const lengthOf = (path: OperationRule['path']): number =>
  typeof path === 'string' ? path.length : path.pattern.length;
