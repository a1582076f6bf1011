import type { Request } from 'express';
import { expect, it } from 'vitest';
import { routeOf } from './route.ts';

it.each([
  ['/api/v1/orders/:id', '/api/v1/orders/:id'],
  [['/api/auth/login', '/login'], '/api/auth/login'],
  [undefined, 'unmatched'],
])('a request to the route %j is counted under %s', (path, template) => {
  const route = path === undefined ? undefined : { path };
  expect(routeOf({ route } as unknown as Request)).toBe(template);
});
