import * as z from 'zod';
import { DOCS_FILES } from './docs.ts';
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
    params: z.object({ file: z.enum(DOCS_FILES) }),
    answers: { 200: undefined },
    contentType: ['text/javascript', 'text/css'],
    refusals: ['NOT_FOUND'],
  },
];
