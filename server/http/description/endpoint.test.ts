import { expect, it } from 'vitest';
import * as z from 'zod';
import { type Endpoint, pathsOf, refusalsOf } from './endpoint.ts';

const endpoint: Endpoint = {
  method: 'post',
  path: '/things/:id',
  tag: 'Things',
  summary: 'Make a thing',
  access: 'public',
  answers: { 201: z.object({ id: z.string() }) },
};
const EVERYWHERE = ['RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL_ERROR'];

it('has one path or several', () => {
  expect(pathsOf(endpoint)).toEqual(['/things/:id']);
  expect(pathsOf({ ...endpoint, path: ['/things', '/t'] })).toEqual(['/things', '/t']);
});

it.each([
  ['an open endpoint', {}, []],
  ['its own', { refusals: ['NOT_FOUND'] }, ['NOT_FOUND']],
  ['a user', { access: 'user' }, ['UNAUTHENTICATED']],
  ['a role', { access: ['admin'] }, ['UNAUTHENTICATED', 'FORBIDDEN']],
  ['a query', { query: z.object({}) }, ['VALIDATION_FAILED']],
  [
    'a body',
    { body: z.object({}) },
    ['VALIDATION_FAILED', 'MALFORMED_BODY', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  ],
  [
    'a key',
    { takesKey: true },
    ['VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT'],
  ],
] as [string, Partial<Endpoint>, string[]][])('has the refusals of %s', (_, details, refusals) => {
  expect(refusalsOf({ ...endpoint, ...details }).toSorted()).toEqual(
    [...EVERYWHERE, ...refusals].toSorted(),
  );
});

it('names each refusal once', () => {
  const codes = refusalsOf({
    ...endpoint,
    query: z.object({}),
    body: z.object({}),
    takesKey: true,
  });
  expect(new Set(codes).size).toBe(codes.length);
});
