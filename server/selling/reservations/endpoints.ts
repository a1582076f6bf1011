import * as z from 'zod';
import { Reservation, ReserveRequest } from '../../../src/protocol/reservations.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Reservations';
const params = z.object({ id: z.uuid() });

export const reservationEndpoints: Endpoint[] = [
  {
    method: 'post',
    path: '/api/v1/reservations',
    tag,
    summary: 'Hold units of a product for a short while',
    access: 'user',
    body: ReserveRequest,
    takesKey: true,
    takesCallId: true,
    isHot: true,
    answers: { 201: Reservation },
    leadsTo: [
      { to: 'get /api/v1/reservations/:id', params: { id: '$response.body#/reservationId' } },
      { to: 'delete /api/v1/reservations/:id', params: { id: '$response.body#/reservationId' } },
      {
        to: 'post /api/v1/orders/checkout',
        body: { reservationId: '$response.body#/reservationId' },
      },
    ],
    refusals: [
      ...(['OUT_OF_STOCK', 'ALREADY_RESERVED', 'ALREADY_PURCHASED', 'UNKNOWN_SKU'] as const),
      ...(['SOLD_ANOTHER_WAY', 'LIMIT_EXCEEDED', 'SALE_NOT_STARTED', 'SALE_ENDED'] as const),
      'CONTENTION_LOST',
    ],
  },
  {
    method: 'get',
    path: '/api/v1/reservations/:id',
    tag,
    summary: 'Read a reservation of one’s own',
    access: 'user',
    params,
    answers: { 200: Reservation },
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'delete',
    path: '/api/v1/reservations/:id',
    tag,
    summary: 'Release the units of a reservation',
    access: 'user',
    params,
    answers: { 200: Reservation },
    refusals: ['NOT_FOUND', 'RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE', 'PART_OF_BASKET'],
  },
];
