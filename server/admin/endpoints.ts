import { SeededProducts, SeededUsers, SeedProducts, SeedUsers } from '../../src/protocol/admin.ts';
import { EvidenceDescription, LedgerRow } from '../../src/protocol/ledger.ts';
import type { Endpoint } from '../http/description/endpoint.ts';
import { LedgerQuery } from './routes.ts';

const tag = 'Admin';

export const adminEndpoints: Endpoint[] = [
  {
    method: 'put',
    path: '/api/v1/admin/products',
    tag,
    summary: 'Make the catalogue contain these products',
    access: ['admin'],
    body: SeedProducts,
    answers: { 200: SeededProducts },
    leadsTo: [
      { to: 'post /api/v1/reservations', body: { skuId: '$response.body#/created/0' } },
      { to: 'get /api/v1/products/:skuId', params: { skuId: '$response.body#/created/0' } },
    ],
    refusals: ['SOLD_ANOTHER_WAY'],
  },
  {
    method: 'put',
    path: '/api/v1/admin/users',
    tag,
    summary: 'Make these users exist, and get a token for each',
    access: ['admin'],
    body: SeedUsers,
    answers: { 200: SeededUsers },
    leadsTo: [
      {
        to: 'put /api/v1/admin/users/:userId/role',
        params: { userId: '$response.body#/users/0/userId' },
      },
    ],
    refusals: ['USERNAME_TAKEN'],
  },
  {
    method: 'get',
    path: '/api/v1/admin/evidence',
    tag,
    summary: 'List the evidence that this server gives of a sale',
    access: ['admin'],
    answers: { 200: EvidenceDescription },
  },
  {
    method: 'get',
    path: '/api/v1/admin/ledger',
    tag,
    summary: 'Read the whole ledger, a row a line',
    access: ['admin'],
    query: LedgerQuery,
    answers: { 200: LedgerRow },
    contentType: 'application/x-ndjson',
  },
];
