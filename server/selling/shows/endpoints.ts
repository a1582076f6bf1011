import * as z from 'zod';
import {
  NewShow,
  ORGANIZER_ROLE,
  Show,
  ShowChange,
  ShowPage,
  ShowQuery,
} from '../../../src/protocol/shows.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Events';
const params = z.object({ id: z.uuid() });
const access = [ORGANIZER_ROLE];

export const showEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/events',
    tag,
    summary: 'Find events that take place, the next one first',
    access: 'public',
    query: ShowQuery,
    isCacheable: true,
    answers: { 200: ShowPage },
    leadsTo: [{ to: 'get /events/:id', params: { id: '$response.body#/events/0/eventId' } }],
  },
  {
    method: 'get',
    path: '/events/:id',
    tag,
    summary: 'Read an event',
    access: 'public',
    params,
    isCacheable: true,
    answers: { 200: Show },
    leadsTo: [{ to: 'get /events/:id/ticket-types', params: { id: '$response.body#/eventId' } }],
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'post',
    path: '/events',
    tag,
    summary: 'Put up an event of one’s own, with an image or without',
    access,
    body: NewShow,
    takesKey: true,
    answers: { 201: Show },
    leadsTo: [
      { to: 'get /events/:id', params: { id: '$response.body#/eventId' } },
      { to: 'post /events/:id/ticket-types', params: { id: '$response.body#/eventId' } },
      { to: 'patch /events/:id', params: { id: '$response.body#/eventId' } },
      { to: 'post /events/:id/cancel', params: { id: '$response.body#/eventId' } },
    ],
  },
  {
    method: 'patch',
    path: '/events/:id',
    tag,
    summary: 'Change an event of one’s own',
    access,
    params,
    body: ShowChange,
    answers: { 200: Show },
    refusals: ['NOT_FOUND', 'EVENT_CANCELLED'],
  },
  {
    method: 'post',
    path: '/events/:id/cancel',
    tag,
    summary: 'Cancel an event of one’s own: its tickets are cancelled, and the money goes back',
    access,
    params,
    answers: { 200: Show },
    refusals: ['NOT_FOUND', 'EVENT_NOT_CANCELLABLE'],
  },
];
