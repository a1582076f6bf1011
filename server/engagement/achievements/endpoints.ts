import * as z from 'zod';
import {
  Achievement,
  AchievementId,
  AchievementPage,
  SeedAchievements,
  SeededAchievements,
} from '../../../src/protocol/achievements.ts';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import { CodeSubmission } from '../../../src/protocol/goals.ts';
import { PageQuery } from '../../../src/protocol/paging.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Achievements';

export const achievementEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/achievements',
    tag,
    summary: 'List the achievements, and how far one is with each',
    access: 'user',
    query: PageQuery,
    answers: { 200: AchievementPage },
    leadsTo: [
      {
        to: 'post /achievements/:achievementId/progress',
        params: { achievementId: '$response.body#/achievements/0/achievementId' },
      },
    ],
  },
  {
    method: 'post',
    path: '/achievements/:achievementId/progress',
    tag,
    summary: 'Submit a code that was found, for an achievement that counts codes',
    access: 'user',
    params: z.object({ achievementId: AchievementId }),
    body: CodeSubmission,
    takesKey: true,
    answers: { 200: Achievement },
    refusals: ['NOT_FOUND', 'WRONG_CODE', 'NOT_SUBMITTABLE'],
  },
  {
    method: 'put',
    path: '/api/v1/admin/achievements',
    tag: 'Admin',
    summary: 'Create achievements that do not exist yet',
    access: [ADMIN_ROLE],
    body: SeedAchievements,
    answers: { 200: SeededAchievements },
  },
];
