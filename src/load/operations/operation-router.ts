import type { OperationRule } from '../../target/target.ts';
import { createRuleReader, type RuleReader } from './rule-reader.ts';

/** The rule of one request, and the parameters in its path. */
export interface MatchedRule {
  reader: RuleReader;
  parameters: Record<string, string> | undefined;
}

/** Finds the rule of a request; undefined when the request is no operation. */
export type OperationRouter = (method: string, pathAndQuery: string) => MatchedRule | undefined;

interface Routes {
  fixed: Map<string, MatchedRule>;
  templates: { pattern: RegExp; reader: RuleReader }[];
}

/** The first rule that matches wins, but fixed paths come before templates: they cost one look-up for all of them. */
export function createOperationRouter(rules: OperationRule[]): OperationRouter {
  const routesOf = routesByMethod(rules);
  return (method, pathAndQuery) => {
    const routes = routesOf.get(method);
    if (!routes) return undefined;
    const query = pathAndQuery.indexOf('?');
    const path = query < 0 ? pathAndQuery : pathAndQuery.slice(0, query);
    const exact = routes.fixed.get(path);
    if (exact) return exact;
    for (const { pattern, reader } of routes.templates) {
      const match = pattern.exec(path);
      if (match) return { reader, parameters: match.groups };
    }
    return undefined;
  };
}

function routesByMethod(rules: OperationRule[]): Map<string, Routes> {
  const routesOf = new Map<string, Routes>();
  for (const rule of rules) {
    const routes: Routes = routesOf.get(rule.method) ?? { fixed: new Map(), templates: [] };
    routesOf.set(rule.method, routes);
    const reader = createRuleReader(rule);
    if (rule.path.includes(':')) {
      routes.templates.push({ pattern: templatePattern(rule.path), reader });
    } else if (!routes.fixed.has(rule.path)) {
      routes.fixed.set(rule.path, { reader, parameters: undefined });
    }
  }
  return routesOf;
}

function templatePattern(path: string): RegExp {
  const pattern = path
    .split('/')
    .map((segment) =>
      segment.startsWith(':')
        ? `(?<${segment.slice(1)}>[^/]+)`
        : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/');
  return new RegExp(`^${pattern}$`);
}
