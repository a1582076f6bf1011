import { Referrals } from '../../../src/protocol/referrals.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

export const referralEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/referrals',
    tag: 'Accounts',
    summary: 'Read one’s referral code, and how many users have registered with it',
    access: 'user',
    answers: { 200: Referrals },
  },
];
