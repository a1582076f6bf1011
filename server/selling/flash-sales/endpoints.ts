import * as z from 'zod';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import {
  AcceptedAttempt,
  FlashSaleStatus,
  OrderStatusAnswer,
  SaleId,
  SeededFlashSales,
  SeedFlashSales,
} from '../../../src/protocol/flash-sales.ts';
import { SkuId } from '../../../src/protocol/products.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Flash sales';

export const flashSaleEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/api/flash-sale/status',
    tag,
    summary: 'Read the sale that is on, else the most recent one',
    access: 'user',
    answers: { 200: FlashSaleStatus },
    leadsTo: [
      { to: 'post /api/flash-sale/attempt/:saleId', params: { saleId: '$response.body#/id' } },
    ],
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'post',
    path: '/api/flash-sale/attempt/:saleId',
    tag,
    summary: 'Attempt to buy the product of a sale',
    access: 'user',
    params: z.object({ saleId: SaleId }),
    isHot: true,
    takesKey: true,
    takesCallId: true,
    answers: { 200: AcceptedAttempt },
    leadsTo: [
      {
        to: 'get /api/orders/status/:productId',
        params: { productId: '$response.body#/productId' },
      },
    ],
    refusals: [
      ...(['NOT_FOUND', 'SALE_NOT_STARTED', 'SALE_ENDED', 'OUT_OF_STOCK'] as const),
      ...(['ALREADY_ATTEMPTED', 'ALREADY_PURCHASED', 'ALREADY_RESERVED'] as const),
    ],
  },
  {
    method: 'get',
    path: '/api/orders/status/:productId',
    tag,
    summary: 'Read the status of one’s attempt',
    access: 'user',
    params: z.object({ productId: SkuId }),
    answers: { 200: OrderStatusAnswer },
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'put',
    path: '/api/v1/admin/flash-sales',
    tag: 'Admin',
    summary: 'Make flash sales exist',
    access: [ADMIN_ROLE],
    body: SeedFlashSales,
    answers: { 200: SeededFlashSales },
    leadsTo: [
      {
        to: 'post /api/flash-sale/attempt/:saleId',
        params: { saleId: '$response.body#/created/0' },
      },
    ],
    refusals: ['UNKNOWN_SKU', 'PRODUCT_HAS_SALE', 'SOLD_ANOTHER_WAY', 'STOCK_CONFLICT'],
  },
];
