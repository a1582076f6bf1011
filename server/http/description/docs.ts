import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Router } from 'express';
// The package's own module would load all scripts of the page into the server, for half a second.
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js';
import { methodNotAllowed, refuse } from '../response/problem.ts';
import { send } from '../response/respond.ts';
import { securityHeaders } from '../response/security-headers.ts';
import { createRouter } from '../router.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * Routes of the OpenAPI document (`/openapi.json`) and of the pages that show it (`/docs`). The pages need nothing from
 * other hosts: every file is one of ours or comes with an npm package.
 */
export function createDocsRoutes(endpoints: readonly Endpoint[]): Router {
  let document: Promise<Buffer> | undefined;
  const files = new Map<string, Promise<Buffer>>();
  const router = createRouter();

  router
    .route('/openapi.json')
    .get(async (_req, res) => {
      document ??= describe(endpoints);
      send(res, 200, 'application/json', await document);
    })
    .all(methodNotAllowed);

  router
    .route('/docs')
    .get((_req, res) => {
      send(res, 200, 'text/html; charset=utf-8', PAGE, FOR_THE_PAGE);
    })
    .all(methodNotAllowed);

  router
    .route('/docs/:file')
    .get(async (req, res) => {
      const { file } = req.params;
      const found = FILES.get(file);
      if (found === undefined) refuse(res, 'NOT_FOUND', `There is nothing at ${req.path}.`);
      else send(res, 200, found.contentType, found.text ?? (await readOnce(file)));
    })
    .all(methodNotAllowed);

  return router;

  function readOnce(file: string): Promise<Buffer> {
    let bytes = files.get(file);
    if (bytes === undefined) {
      bytes = readSwaggerFile(file);
      files.set(file, bytes);
      bytes.catch(() => files.delete(file));
    }
    return bytes;
  }
}

/** The description of the API is loaded for the first who asks; most servers are never asked. */
async function describe(endpoints: readonly Endpoint[]): Promise<Buffer> {
  const { describeApi } = await import('./openapi.ts');
  return Buffer.from(JSON.stringify(describeApi(endpoints)));
}

const readSwaggerFile = (name: string) => readFile(join(getAbsoluteFSPath(), name));

/** Swagger UI sets styles on elements and has its icons in the style sheet. Its scripts are files, none is inline. */
const FOR_THE_PAGE = securityHeaders('page', {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'frame-ancestors': ["'none'"],
});

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>flashsale API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

/** The files that the page loads. One without a text is read from Swagger UI. */
const FILES = new Map<string, { contentType: string; text?: string }>([
  ['swagger-ui.css', { contentType: 'text/css; charset=utf-8' }],
  ['swagger-ui-bundle.js', { contentType: 'text/javascript; charset=utf-8' }],
  ['start.js', { contentType: 'text/javascript; charset=utf-8', text: START }],
]);

export const DOCS_FILES: readonly string[] = [...FILES.keys()];
