import type { Express } from 'express';

interface Layer {
  route?: { path: string | string[]; stack: { method?: string }[] };
  handle: { stack?: Layer[] };
}

/** Every route of an Express app, as `post /api/v1/orders`, once per method and path. */
export function listRoutes(app: Express): string[] {
  return walk(app.router.stack as unknown as Layer[]);
}

function walk(layers: Layer[]): string[] {
  return layers.flatMap(({ route, handle }) => {
    if (route === undefined) return walk(handle.stack ?? []);
    // A handler of `.all` has no method.
    const methods = new Set(route.stack.flatMap(({ method }) => method ?? []));
    return [route.path].flat().flatMap((path) => [...methods].map((method) => `${method} ${path}`));
  });
}
