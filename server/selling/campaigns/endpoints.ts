import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import {
  RegisterRequest,
  Registration,
  SeedCampaigns,
  SeededCampaigns,
  UseVoucherRequest,
  Voucher,
  VoucherPage,
} from '../../../src/protocol/campaigns.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';
import { VoucherPageQuery } from './routes.ts';

const tag = 'Campaigns';

export const campaignEndpoints: Endpoint[] = [
  {
    method: 'post',
    path: '/api/v1/register',
    tag,
    summary: 'Register for a campaign and get its voucher',
    access: 'user',
    body: RegisterRequest,
    takesKey: true,
    takesCallId: true,
    isHot: true,
    answers: { 201: Registration },
    leadsTo: [
      { to: 'post /api/v1/voucher/use', body: { code: '$response.body#/code' } },
      { to: 'get /api/v1/orders/:id', params: { id: '$response.body#/orderId' } },
    ],
    refusals: [
      ...(['NOT_FOUND', 'CAMPAIGN_NOT_STARTED', 'CAMPAIGN_ENDED', 'CAMPAIGN_FULL'] as const),
      ...(['ALREADY_REGISTERED', 'SOLD_ANOTHER_WAY', 'LIMIT_EXCEEDED', 'CONTENTION_LOST'] as const),
    ],
  },
  {
    method: 'get',
    path: '/api/v1/vouchers',
    tag,
    summary: 'List one’s vouchers, newest first',
    access: 'user',
    query: VoucherPageQuery,
    answers: { 200: VoucherPage },
  },
  {
    method: 'post',
    path: '/api/v1/voucher/use',
    tag,
    summary: 'Use a voucher of one’s own, once',
    access: 'user',
    body: UseVoucherRequest,
    takesKey: true,
    takesCallId: true,
    answers: { 200: Voucher },
    refusals: ['NOT_FOUND', 'VOUCHER_USED', 'VOUCHER_EXPIRED'],
  },
  {
    method: 'put',
    path: '/api/v1/admin/campaigns',
    tag: 'Admin',
    summary: 'Create campaigns that do not exist yet',
    access: [ADMIN_ROLE],
    body: SeedCampaigns,
    answers: { 200: SeededCampaigns },
    leadsTo: [{ to: 'post /api/v1/register', body: { campaignId: '$response.body#/created/0' } }],
    refusals: ['SOLD_ANOTHER_WAY'],
  },
];
