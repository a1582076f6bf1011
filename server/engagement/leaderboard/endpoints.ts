import { Leaderboard, LeaderboardQuery, UserStats } from '../../../src/protocol/leaderboard.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Leaderboard';

export const leaderboardEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/leaderboard',
    tag,
    summary: 'List the users with the most points',
    access: 'user',
    query: LeaderboardQuery,
    answers: { 200: Leaderboard },
  },
  {
    method: 'get',
    path: '/stats',
    tag,
    summary: 'Read one’s points, and what one has reached',
    access: 'user',
    answers: { 200: UserStats },
  },
];
