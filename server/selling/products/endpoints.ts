import * as z from 'zod';
import { PageQuery } from '../../../src/protocol/paging.ts';
import { Availability, Product, ProductPage, SkuId } from '../../../src/protocol/products.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Products';
const params = z.object({ skuId: SkuId });

export const productEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/api/v1/products',
    tag,
    summary: 'List the products on sale',
    access: 'public',
    query: PageQuery,
    isCacheable: true,
    answers: { 200: ProductPage },
    leadsTo: [
      { to: 'get /api/v1/products/:skuId', params: { skuId: '$response.body#/products/0/skuId' } },
    ],
  },
  {
    method: 'get',
    path: '/api/v1/products/:skuId',
    tag,
    summary: 'Read a product',
    access: 'public',
    params,
    isCacheable: true,
    answers: { 200: Product },
    leadsTo: [
      {
        to: 'get /api/v1/products/:skuId/availability',
        params: { skuId: '$response.body#/skuId' },
      },
    ],
    refusals: ['UNKNOWN_SKU'],
  },
  {
    method: 'get',
    path: '/api/v1/products/:skuId/availability',
    tag,
    summary: 'Read what is left of a product',
    access: 'public',
    params,
    isCacheable: true,
    answers: { 200: Availability },
    refusals: ['UNKNOWN_SKU'],
  },
];
