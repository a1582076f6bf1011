import * as z from 'zod';
import { ORGANIZER_ROLE } from '../../../src/protocol/shows.ts';
import {
  BasketPurchase,
  BasketPurchaseRequest,
  CheckedInTicket,
  CheckInRequest,
  NewTicketType,
  Purchase,
  PurchaseRequest,
  TicketCode,
  TicketKeys,
  TicketPage,
  TicketQuery,
  TicketType,
  TicketTypes,
} from '../../../src/protocol/tickets.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Tickets';

export const ticketEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/events/:id/ticket-types',
    tag,
    summary: 'List the tickets that an event sells, and how many it has sold',
    access: 'public',
    params: z.object({ id: z.uuid() }),
    isCacheable: true,
    answers: { 200: TicketTypes },
    leadsTo: [
      {
        to: 'get /api/v1/products/:skuId/availability',
        params: { skuId: '$response.body#/ticketTypes/0/ticketTypeId' },
      },
    ],
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'post',
    path: '/events/:id/ticket-types',
    tag,
    summary: 'Put tickets of an event of one’s own on sale',
    access: [ORGANIZER_ROLE],
    params: z.object({ id: z.uuid() }),
    body: NewTicketType,
    takesKey: true,
    answers: { 201: TicketType },
    leadsTo: [
      {
        to: 'post /tickets/purchase',
        body: { ticketTypeId: '$response.body#/ticketTypeId' },
      },
    ],
    refusals: ['NOT_FOUND', 'EVENT_CANCELLED'],
  },
  {
    method: 'post',
    path: '/tickets/purchase',
    tag,
    summary:
      'Buy tickets of one type, or of several together or not at all: they are held, paid and issued',
    access: 'user',
    body: z.union([PurchaseRequest, BasketPurchaseRequest]),
    takesKey: true,
    takesCallId: true,
    isHot: true,
    answers: {
      201: z.union([Purchase, BasketPurchase]),
      202: z.union([Purchase, BasketPurchase]),
    },
    leadsTo: [
      {
        to: 'post /tickets/:code/check-in',
        params: { code: '$response.body#/tickets/0/code' },
      },
      { to: 'get /api/v1/orders/:id', params: { id: '$response.body#/orderId' } },
      { to: 'post /api/v1/orders/:id/cancel', params: { id: '$response.body#/orderId' } },
      { to: 'post /api/v1/baskets/:id/cancel', params: { id: '$response.body#/basketId' } },
    ],
    refusals: [
      ...(['NOT_FOUND', 'OUT_OF_STOCK', 'ALREADY_RESERVED', 'ALREADY_PURCHASED'] as const),
      ...(['SALE_NOT_STARTED', 'SALE_ENDED', 'LIMIT_EXCEEDED', 'SOLD_ANOTHER_WAY'] as const),
      ...(['CONTENTION_LOST', 'RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE'] as const),
      ...(['ORDER_EXISTS', 'PAYMENT_DECLINED', 'PAYMENT_UNAVAILABLE'] as const),
      ...(['TRANSACTION_REUSED', 'SEVERAL_EVENTS'] as const),
    ],
  },
  {
    method: 'get',
    path: '/tickets',
    tag,
    summary: 'List one’s tickets, newest first',
    access: 'user',
    query: TicketQuery,
    answers: { 200: TicketPage },
  },
  {
    method: 'post',
    path: '/tickets/:code/check-in',
    tag,
    summary: 'Let a ticket of an event of one’s own in, once',
    access: [ORGANIZER_ROLE],
    params: z.object({ code: TicketCode }),
    body: CheckInRequest,
    takesKey: true,
    takesCallId: true,
    answers: { 200: CheckedInTicket },
    refusals: ['NOT_FOUND', 'TICKET_CHECKED_IN', 'TICKET_CANCELLED', 'EVENT_CANCELLED'],
  },
  {
    method: 'get',
    path: '/.well-known/ticket-keys.json',
    tag,
    summary: 'The public key with which gates check the codes of tickets',
    access: 'public',
    isCacheable: true,
    answers: { 200: TicketKeys },
  },
];
