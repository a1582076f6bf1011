import { z } from 'zod';
import { Health } from '../../src/protocol/health.ts';
import type { Endpoint } from './endpoint.ts';

const tag = 'Running the server';

/** What every server answers beside the features. */
export const httpOperations: Endpoint[] = [
  {
    method: 'get',
    path: '/health',
    tag,
    summary: 'How each dependency is',
    access: 'public',
    answers: { 200: Health },
  },
  {
    method: 'get',
    path: '/health/live',
    tag,
    summary: 'Whether the process is worth keeping',
    access: 'public',
    answers: { 200: z.object({ status: z.literal('live') }) },
  },
  {
    method: 'get',
    path: '/health/startup',
    tag,
    summary: 'Whether the server has been ready once',
    access: 'public',
    answers: { 200: z.object({ status: z.literal('started') }) },
  },
  {
    method: 'get',
    path: '/health/ready',
    tag,
    summary: 'Whether the server should get requests now',
    access: 'public',
    answers: { 200: z.object({ status: z.literal('ready') }) },
  },
  {
    method: 'get',
    path: '/metrics',
    tag,
    summary: 'Metrics in the Prometheus text format',
    access: 'public',
    answers: { 200: undefined },
    contentType: 'text/plain',
  },
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
