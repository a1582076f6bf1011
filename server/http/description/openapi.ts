import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { type Endpoint, pathsOf } from './endpoint.ts';
import { requestHeadersOf } from './request-headers.ts';
import { describeResponses } from './responses.ts';

/** The OpenAPI 3.1 document of these endpoints, made from the same schemas that check their requests. */
export function describeApi(endpoints: readonly Endpoint[]) {
  const registry = new OpenAPIRegistry();
  const bearer = registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });

  for (const endpoint of endpoints) {
    const { method, tag, summary, access, params, query, body } = endpoint;
    for (const path of pathsOf(endpoint)) {
      registry.registerPath({
        method,
        path: path.replace(/:(\w+)/g, '{$1}'),
        operationId: `${method} ${path}`,
        tags: [tag],
        summary,
        description: describeAccess(access),
        security: access === 'public' ? [] : [{ [bearer.name]: [] }],
        request: {
          params,
          query,
          headers: requestHeadersOf(endpoint),
          ...(body !== undefined && {
            body: { required: true, content: { 'application/json': { schema: body } } },
          }),
        },
        responses: describeResponses(endpoint),
      });
    }
  }

  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'flashsale reference server',
      version: '1',
      description:
        'Sells scarce things to many buyers at once. Errors are RFC 9457 problem details; decide by `code`.',
    },
  });
}

const describeAccess = (access: Endpoint['access']) =>
  typeof access === 'string' ? undefined : `For the role ${access.join(' or ')}.`;
