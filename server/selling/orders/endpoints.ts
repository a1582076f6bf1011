import * as z from 'zod';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import { CheckoutRequest, Order, OrderPage } from '../../../src/protocol/orders.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';
import { OrderPageQuery } from './routes.ts';

const tag = 'Orders';

export const orderEndpoints: Endpoint[] = [
  {
    method: 'post',
    path: '/api/v1/orders/checkout',
    tag,
    summary: 'Pay for a reservation and make it an order',
    access: 'user',
    body: CheckoutRequest,
    takesKey: true,
    takesCallId: true,
    isHot: true,
    answers: { 201: Order, 202: Order },
    leadsTo: [
      { to: 'get /api/v1/orders/:id', params: { id: '$response.body#/orderId' } },
      { to: 'post /api/v1/orders/:id/cancel', params: { id: '$response.body#/orderId' } },
      { to: 'post /api/v1/orders/:id/fulfil', params: { id: '$response.body#/orderId' } },
      {
        to: 'post /api/v1/orders/checkout',
        body: { reservationId: '$response.body#/reservationId' },
      },
    ],
    refusals: [
      ...(['NOT_FOUND', 'RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE', 'ORDER_EXISTS'] as const),
      ...(['SOLD_ANOTHER_WAY', 'PART_OF_BASKET'] as const),
      ...(['PAYMENT_DECLINED', 'PAYMENT_UNAVAILABLE', 'TRANSACTION_REUSED'] as const),
    ],
  },
  {
    method: 'get',
    path: '/api/v1/orders',
    tag,
    summary: 'List one’s orders, newest first',
    access: 'user',
    query: OrderPageQuery,
    answers: { 200: OrderPage },
  },
  {
    method: 'get',
    path: '/api/v1/orders/:id',
    tag,
    summary: 'Read an order of one’s own',
    access: 'user',
    params: z.object({ id: z.uuid() }),
    answers: { 200: Order },
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'post',
    path: '/api/v1/orders/:id/cancel',
    tag,
    summary: 'Cancel an order of one’s own: its units go back on sale, its money goes back',
    access: 'user',
    params: z.object({ id: z.uuid() }),
    takesKey: true,
    answers: { 200: Order },
    refusals: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE', 'PART_OF_BASKET'],
  },
  {
    method: 'post',
    path: '/api/v1/orders/:id/fulfil',
    tag,
    summary: 'Record that an order was shipped',
    access: [ADMIN_ROLE],
    params: z.object({ id: z.uuid() }),
    takesKey: true,
    answers: { 200: Order },
    refusals: ['NOT_FOUND', 'ORDER_NOT_FULFILLABLE'],
  },
];
