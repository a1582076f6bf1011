import * as z from 'zod';
import { Health } from '../../../src/protocol/health.ts';
import type { Endpoint } from '../description/endpoint.ts';

const tag = 'Running the server';

export const monitoringEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/health',
    tag,
    summary: 'State of each dependency',
    access: 'public',
    answers: { 200: Health, 503: Health },
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
    summary: 'Metrics in the Prometheus text format, or in OpenMetrics for those who ask for it',
    access: 'public',
    answers: { 200: undefined },
    contentType: ['text/plain', 'application/openmetrics-text'],
  },
];
