import { REQUEST_ID_HEADER } from '../../../src/protocol/headers.ts';
import { Problem, type ProblemCode } from '../../../src/protocol/problem.ts';
import { statusOf } from '../response/problem.ts';
import { type Endpoint, refusalsOf } from './endpoint.ts';

const text = (description: string) => ({ description, schema: { type: 'string' as const } });

const OF_ALL = {
  [REQUEST_ID_HEADER]: { ...text('Id of this request, also in the log.'), required: true },
};
const LIMITS = {
  RateLimit: text(
    'What is left of each quota that this request counts for; absent without limits.',
  ),
  'RateLimit-Policy': text('These quotas; absent without limits.'),
};
const REPLAYED = {
  'Idempotency-Replayed': text(
    '`true` where this is the answer to an earlier request with the key.',
  ),
};
const CACHEABLE = {
  ETag: { ...text('Changes with the body.'), required: true },
  'Cache-Control': { ...text('Time for which the answer may be shared.'), required: true },
};
const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds after which the same request may succeed; absent where nobody knows.',
    schema: { type: 'integer' as const, minimum: 1 },
  },
};
const CHALLENGE = { 'WWW-Authenticate': { ...text('`Bearer`.'), required: true } };

/** Statuses whose answers say when to come back, if the server knows. */
const COMES_BACK: ReadonlySet<number> = new Set([429, 503]);

/** The responses of an endpoint by status. An answer and a refusal may have the same status, as those of a server that says how it is down. */
export function describeResponses(endpoint: Endpoint) {
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
          headers: { ...answers[status]?.headers, ...refusals[status]?.headers },
          content: { ...answers[status]?.content, ...refusals[status]?.content },
        },
      ]),
    ),
    ...(endpoint.isCacheable && {
      304: { description: 'Not changed.', headers: { ...OF_ALL, ...CACHEABLE } },
    }),
  };
}

function describeAnswers(endpoint: Endpoint) {
  const { answers, contentType = 'application/json', takesKey, isCacheable } = endpoint;
  const headers = {
    ...OF_ALL,
    ...LIMITS,
    ...(takesKey && REPLAYED),
    ...(isCacheable && CACHEABLE),
  };
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const media = schema === undefined ? {} : { schema };
      const content = Object.fromEntries([contentType].flat().map((type) => [type, media]));
      return [status, { description: 'Done.', headers, content, links: describeLinks(endpoint) }];
    }),
  );
}

/** The calls that an answer leads on to, each named by where it leads. */
const describeLinks = ({ leadsTo = [] }: Endpoint) =>
  Object.fromEntries(
    leadsTo.map(({ to, params, body }) => [
      to.replace(/\W+/g, '-'),
      { operationId: to, parameters: params, requestBody: body },
    ]),
  );

/** One response per status; its description lists the problem codes with that status. */
function describeRefusals(endpoint: Endpoint) {
  const codes = refusalsOf(endpoint);
  const headersOf = (status: number, own: ProblemCode[]) => ({
    ...OF_ALL,
    ...LIMITS,
    ...(COMES_BACK.has(status) && RETRY_AFTER),
    ...(own.every((code) => code === 'UNAUTHENTICATED') && CHALLENGE),
  });
  return Object.fromEntries(
    [...new Set(codes.map(statusOf))].map((status) => {
      const own = codes.filter((code) => statusOf(code) === status);
      return [
        status,
        {
          description: own.map((code) => `\`${code}\``).join(', '),
          headers: headersOf(status, own),
          content: { 'application/problem+json': { schema: Problem } },
        },
      ];
    }),
  );
}
