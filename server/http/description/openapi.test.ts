import { expect, it } from 'vitest';
import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { describeApi } from './openapi.ts';

const endpoint: Endpoint = {
  method: 'put',
  path: ['/things/:id', '/t/:id'],
  tag: 'Things',
  summary: 'Change a thing',
  access: ['admin', 'organizer'],
  params: z.object({ id: z.uuid() }),
  body: z.strictObject({ size: z.number() }),
  takesKey: true,
  answers: { 200: z.object({ id: z.string() }), 202: undefined },
  refusals: ['NOT_FOUND'],
};
// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document
const document: any = describeApi([endpoint]);

it('describes an endpoint under each of its paths, in the notation of OpenAPI', () => {
  expect(Object.keys(document.paths)).toEqual(['/things/{id}', '/t/{id}']);
});

it('describes access, request and answers of an endpoint', () => {
  const { put } = document.paths['/things/{id}'];
  expect(put).toMatchObject({
    operationId: 'put /things/:id',
    tags: ['Things'],
    description: 'For the role admin or organizer.',
    security: [{ bearer: [] }],
  });
  expect(
    put.parameters.map(({ name, in: place }: { name: string; in: string }) => [place, name]),
  ).toEqual([
    ['path', 'id'],
    ['header', 'idempotency-key'],
    ['header', 'x-request-id'],
    ['header', 'traceparent'],
  ]);
  expect(put.requestBody.content['application/json'].schema.required).toEqual(['size']);
  expect(put.responses['202'].content['application/json']).toEqual({});
});

it('has one answer per status, which names all codes with that status', () => {
  const { responses } = document.paths['/things/{id}'].put;
  for (const status of ['429', '503']) {
    expect(responses[status].headers['Retry-After'].schema).toMatchObject({ type: 'integer' });
  }
  expect(responses['404'].headers['Retry-After']).toBeUndefined();
  expect(responses['404'].headers['x-request-id'].required).toBe(true);
  expect(responses['404'].description).toBe('`NOT_FOUND`');
  expect(responses['400'].description.split(', ')).toEqual(
    expect.arrayContaining(['`VALIDATION_FAILED`', '`MALFORMED_BODY`']),
  );
});
