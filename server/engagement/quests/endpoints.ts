import * as z from 'zod';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import { CodeSubmission } from '../../../src/protocol/goals.ts';
import { PageQuery } from '../../../src/protocol/paging.ts';
import {
  QuestId,
  QuestPage,
  QuestProgress,
  SeededQuests,
  SeedQuests,
} from '../../../src/protocol/quests.ts';
import type { Endpoint } from '../../http/description/endpoint.ts';

const tag = 'Quests';
const params = z.object({ questId: QuestId });

export const questEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/quests',
    tag,
    summary: 'List the quests',
    access: 'public',
    query: PageQuery,
    isCacheable: true,
    answers: { 200: QuestPage },
    leadsTo: [
      {
        to: 'post /quests/:questId/start',
        params: { questId: '$response.body#/quests/0/questId' },
      },
    ],
  },
  {
    method: 'get',
    path: '/quests/:questId',
    tag,
    summary: 'Read one’s progress in a quest',
    access: 'user',
    params,
    answers: { 200: QuestProgress, 202: QuestProgress },
    refusals: ['NOT_FOUND', 'QUEST_NOT_STARTED'],
  },
  {
    method: 'post',
    path: '/quests/:questId/start',
    tag,
    summary: 'Start a quest',
    access: 'user',
    params,
    takesKey: true,
    answers: { 201: QuestProgress },
    leadsTo: [
      { to: 'post /quests/:questId/progress', params: { questId: '$response.body#/questId' } },
      { to: 'get /quests/:questId', params: { questId: '$response.body#/questId' } },
    ],
    refusals: ['NOT_FOUND', 'QUEST_LOCKED', 'QUEST_STARTED'],
  },
  {
    method: 'post',
    path: '/quests/:questId/progress',
    tag,
    summary: 'Submit a code that was found; the last one completes the quest and gives its reward',
    access: 'user',
    params,
    body: CodeSubmission,
    takesKey: true,
    takesCallId: true,
    isHot: true,
    answers: { 200: QuestProgress, 202: QuestProgress },
    leadsTo: [
      { to: 'post /quests/:questId/claim', params: { questId: '$response.body#/questId' } },
      {
        to: 'post /api/v1/voucher/use',
        body: { code: '$response.body#/voucher/registration/code' },
      },
    ],
    refusals: [
      ...(['NOT_FOUND', 'QUEST_NOT_STARTED', 'QUEST_COMPLETED'] as const),
      ...(['WRONG_CODE', 'NOT_SUBMITTABLE'] as const),
    ],
  },
  {
    method: 'post',
    path: '/quests/:questId/claim',
    tag,
    summary: 'Get the voucher of a completed quest, the same one each time',
    access: 'user',
    params,
    takesKey: true,
    answers: { 200: QuestProgress, 202: QuestProgress },
    refusals: ['NOT_FOUND', 'QUEST_NOT_STARTED', 'QUEST_NOT_COMPLETED'],
  },
  {
    method: 'put',
    path: '/api/v1/admin/quests',
    tag: 'Admin',
    summary: 'Create quests that do not exist yet',
    access: [ADMIN_ROLE],
    body: SeedQuests,
    answers: { 200: SeededQuests },
    leadsTo: [
      { to: 'post /quests/:questId/start', params: { questId: '$response.body#/created/0' } },
    ],
    refusals: ['NOT_A_REWARD'],
  },
];
