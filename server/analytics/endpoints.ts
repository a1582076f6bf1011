import { ADMIN_ROLE } from '../../src/protocol/admin.ts';
import {
  MetricsAnswer,
  MetricsQuery,
  Recounted,
  RecountRequest,
  Tracked,
  TrackRequest,
} from '../../src/protocol/analytics.ts';
import { ORGANIZER_ROLE } from '../../src/protocol/shows.ts';
import type { Endpoint } from '../http/description/endpoint.ts';

const tag = 'Analytics';

export const analyticsEndpoints: Endpoint[] = [
  {
    method: 'post',
    path: '/analytics/track',
    tag,
    summary: 'Tell of what happened in the client: answered when all of it is stored',
    access: 'user',
    body: TrackRequest,
    takesCallId: true,
    answers: { 202: Tracked, 200: Tracked },
    refusals: ['UNKNOWN_SKU'],
  },
  {
    method: 'get',
    path: '/analytics/metrics',
    tag,
    summary: 'Read what happened in buckets of time; organizers see what they sell',
    access: [ORGANIZER_ROLE, ADMIN_ROLE],
    query: MetricsQuery,
    answers: { 200: MetricsAnswer },
  },
  {
    method: 'post',
    path: '/api/v1/admin/analytics/recount',
    tag: 'Admin',
    summary: 'Count the stored events of some days anew',
    access: [ADMIN_ROLE],
    body: RecountRequest,
    answers: { 200: Recounted },
  },
];
