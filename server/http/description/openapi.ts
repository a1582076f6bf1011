import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import * as z from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '../../../src/protocol/headers.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { statusOf } from '../response/problem.ts';
import { type Endpoint, pathsOf, refusalsOf } from './endpoint.ts';

/** The OpenAPI 3.1 document of these endpoints, made from the same schemas that check their requests. */
export function describeApi(endpoints: readonly Endpoint[]) {
  const registry = new OpenAPIRegistry();
  const bearer = registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });

  for (const endpoint of endpoints) {
    const { method, tag, summary, access, params, query, body, takesKey } = endpoint;
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
          ...(takesKey && { headers: KEY_HEADER }),
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

const KEY_HEADER = z.object({
  [IDEMPOTENCY_KEY_HEADER]: z
    .string()
    .regex(/^[\x21\x23-\x7e]{1,255}$/)
    .optional()
    .describe(
      'Requests of a user with the same key within a day count as one request and get the same answer.',
    ),
});

const describeAccess = (access: Endpoint['access']) =>
  typeof access === 'string' ? undefined : `For the role ${access.join(' or ')}.`;

/** An answer and a refusal may have the same status, as those of a server that says how it is down. */
function describeResponses(endpoint: Endpoint) {
  const answers = describeAnswers(endpoint);
  const refusals = describeRefusals(endpoint);
  const both = Object.keys(answers).filter((status) => status in refusals);
  return {
    ...answers,
    ...refusals,
    ...Object.fromEntries(
      both.map((status) => [
        status,
        {
          description: `The state asked for, or ${refusals[status]?.description}`,
          content: { ...answers[status]?.content, ...refusals[status]?.content },
        },
      ]),
    ),
  };
}

function describeAnswers({ answers, contentType = 'application/json' }: Endpoint) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      { description: 'Done.', content: { [contentType]: schema === undefined ? {} : { schema } } },
    ]),
  );
}

/** Statuses whose answers say when to come back, if the server knows. */
const COMES_BACK: ReadonlySet<number> = new Set([429, 503]);
const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds after which the same request may succeed; absent where nobody knows.',
    schema: { type: 'integer' as const, minimum: 1 },
  },
};

/** One response per status; its description lists the problem codes with that status. */
function describeRefusals(endpoint: Endpoint) {
  const codes = refusalsOf(endpoint);
  return Object.fromEntries(
    [...new Set(codes.map(statusOf))].map((status) => [
      status,
      {
        description: codes
          .filter((code) => statusOf(code) === status)
          .map((code) => `\`${code}\``)
          .join(', '),
        ...(COMES_BACK.has(status) && { headers: RETRY_AFTER }),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  );
}
