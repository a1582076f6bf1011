import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';

const tag = 'Running the server';

export const descriptionEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/openapi.json',
    tag,
    summary: 'This document',
    access: 'public',
    answers: { 200: z.object({}) },
  },
  {
    method: 'get',
    path: '/docs',
    tag,
    summary: 'This document as pages',
    access: 'public',
    answers: { 200: undefined },
    contentType: 'text/html',
  },
  {
    method: 'get',
    path: '/docs/:file',
    tag,
    summary: 'Scripts and styles of these pages',
    access: 'public',
    params: z.object({ file: z.string() }),
    answers: { 200: undefined },
    contentType: 'text/javascript',
    refusals: ['NOT_FOUND'],
  },
];
