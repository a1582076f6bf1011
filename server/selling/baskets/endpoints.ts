import * as z from 'zod';
import { Basket, BasketCheckoutRequest, BasketRequest } from '../../../src/protocol/baskets.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Baskets';
const params = z.object({ id: z.uuid() });
const id = '$response.body#/basketId';

export const basketEndpoints: Endpoint[] = [
  {
    method: 'post',
    path: '/api/v1/baskets',
    tag,
    summary: 'Hold units of several products for a short while: all lines or none',
    access: 'user',
    body: BasketRequest,
    takesKey: true,
    takesCallId: true,
    isHot: true,
    answers: { 201: Basket },
    leadsTo: [
      { to: 'get /api/v1/baskets/:id', params: { id } },
      { to: 'delete /api/v1/baskets/:id', params: { id } },
      { to: 'post /api/v1/baskets/:id/checkout', params: { id } },
    ],
    refusals: [
      ...(['OUT_OF_STOCK', 'ALREADY_RESERVED', 'ALREADY_PURCHASED', 'UNKNOWN_SKU'] as const),
      ...(['SOLD_ANOTHER_WAY', 'LIMIT_EXCEEDED', 'SALE_NOT_STARTED', 'SALE_ENDED'] as const),
      'CONTENTION_LOST',
    ],
  },
  {
    method: 'get',
    path: '/api/v1/baskets/:id',
    tag,
    summary: 'Read a basket of one’s own',
    access: 'user',
    params,
    answers: { 200: Basket },
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'delete',
    path: '/api/v1/baskets/:id',
    tag,
    summary: 'Release the units of all lines of a basket',
    access: 'user',
    params,
    answers: { 200: Basket },
    refusals: ['NOT_FOUND', 'RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE'],
  },
  {
    method: 'post',
    path: '/api/v1/baskets/:id/checkout',
    tag,
    summary: 'Pay for a basket once and make all its lines orders, or none',
    access: 'user',
    params,
    body: BasketCheckoutRequest,
    takesKey: true,
    takesCallId: true,
    isHot: true,
    answers: { 201: Basket, 202: Basket },
    leadsTo: [{ to: 'post /api/v1/baskets/:id/cancel', params: { id } }],
    refusals: [
      ...(['NOT_FOUND', 'RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE', 'ORDER_EXISTS'] as const),
      ...(['PAYMENT_DECLINED', 'PAYMENT_UNAVAILABLE', 'TRANSACTION_REUSED'] as const),
      'SOLD_ANOTHER_WAY',
    ],
  },
  {
    method: 'post',
    path: '/api/v1/baskets/:id/cancel',
    tag,
    summary: 'Cancel all orders of a basket: its units go back on sale, its money goes back',
    access: 'user',
    params,
    takesKey: true,
    answers: { 200: Basket },
    refusals: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE'],
  },
];
