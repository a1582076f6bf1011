import {
  DeadLetterPage,
  DeadLetterQuery,
  ReplayAnswer,
  ReplayRequest,
} from '../../src/protocol/dead-letters.ts';
import type { Endpoint } from '../http/description/endpoint.ts';

const tag = 'Admin';

export const eventEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/api/v1/admin/dead-letters',
    tag,
    summary: 'List the events that a consumer group could not handle',
    access: ['admin'],
    query: DeadLetterQuery,
    answers: { 200: DeadLetterPage },
  },
  {
    method: 'post',
    path: '/api/v1/admin/dead-letters/replay',
    tag,
    summary: 'Hand dead letters to their consumer groups again',
    access: ['admin'],
    body: ReplayRequest,
    answers: { 202: ReplayAnswer },
  },
];
