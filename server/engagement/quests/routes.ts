import type { Request, RequestHandler, Response, Router } from 'express';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import { CodeSubmission } from '../../../src/protocol/goals.ts';
import {
  QuestId,
  type QuestPage,
  type QuestProgress,
  type SeededQuests,
  SeedQuests,
} from '../../../src/protocol/quests.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { callIdOf } from '../../http/request/call-id.ts';
import { readJson, refuseRepeated, validate } from '../../http/request/json-body.ts';
import { cutPage, readPage } from '../../http/request/paging.ts';
import { noStore } from '../../http/response/no-store.ts';
import { methodNotAllowed, ProblemError, refuse } from '../../http/response/problem.ts';
import { respond, respondCacheable } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import type { Play, Played } from './play.ts';
import { describeProgress, describeQuest, REFUSALS, type Refusal } from './quest.ts';
import type { QuestStore } from './store.ts';

/** Room for a thousand quests. The body is read after the check for the admin role. */
const SEED_LIMIT_BYTES = 4_000_000;
/** Time for which a CDN or browser may answer from its cache. */
const SHARED_FOR_SECONDS = 5;

type QuestRequest = Request<{ questId: string }>;

export function createQuestRoutes(deps: {
  store: QuestStore;
  play: Play;
  putQuests(quests: SeedQuests['quests']): Promise<SeededQuests | { refusedCampaign: string }>;
  newId(): string;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
}): Router {
  const { store, play, putQuests, newId, authenticate, claimKey, readJsonAndClaimKey } = deps;
  const router = createRouter();

  router.route('/quests').get(list).all(methodNotAllowed);
  router.route('/quests/:questId').get(noStore, authenticate, read).all(methodNotAllowed);
  router
    .route('/quests/:questId/start')
    .post(noStore, authenticate, claimKey, start)
    .all(methodNotAllowed);
  router
    .route('/quests/:questId/progress')
    .post(noStore, authenticate, readJsonAndClaimKey, submit)
    .all(methodNotAllowed);
  router
    .route('/quests/:questId/claim')
    .post(noStore, authenticate, claimKey, claim)
    .all(methodNotAllowed);
  router
    .route('/api/v1/admin/quests')
    .put(authenticate, requireRole(ADMIN_ROLE), readJson(SEED_LIMIT_BYTES), seed)
    .all(methodNotAllowed);

  return router;

  async function list(req: Request, res: Response): Promise<void> {
    const { limit, cursor = '' } = readPage(req);
    const rows = await store.list({ limit: limit + 1, cursor });
    const { page, nextCursor } = cutPage(rows, limit, (row) => row.quest_id);
    const answer: QuestPage = { quests: page.map(describeQuest), nextCursor };
    respondCacheable(res, answer, SHARED_FOR_SECONDS);
  }

  async function read(req: QuestRequest, res: Response): Promise<void> {
    answer(res, await play.read(ownOf(req)));
  }

  async function start(req: QuestRequest, res: Response): Promise<void> {
    const started = await play.start(ownOf(req), req.claim?.effectId ?? newId());
    answer(res, started, 201);
  }

  async function submit(req: QuestRequest, res: Response): Promise<void> {
    const { code } = validate(CodeSubmission, req.body);
    const { effectId = newId(), isRepeated = false } = req.claim ?? {};
    const by = { effectId, callId: callIdOf(req), isRepeated };
    answer(res, await play.submit(ownOf(req), code, by));
  }

  async function claim(req: QuestRequest, res: Response): Promise<void> {
    answer(res, await play.claim(ownOf(req)));
  }

  async function seed(req: Request, res: Response): Promise<void> {
    const { quests } = validate(SeedQuests, req.body);
    refuseRepeated('quests', 'questId', quests);
    const put = await putQuests(quests);
    if ('refusedCampaign' in put) {
      const { refusedCampaign: id } = put;
      refuse(
        res,
        'NOT_A_REWARD',
        `${id} is no campaign of rewards, or another quest gives its vouchers.`,
      );
    } else respond(res, 200, put);
  }
}

function ownOf(req: QuestRequest) {
  const questId = QuestId.safeParse(req.params.questId).data;
  if (questId === undefined) throw new ProblemError('NOT_FOUND', REFUSALS.unknown.detail);
  return { questId, userId: req.caller.userId };
}

/** Answers 202 while a voucher is owed, because that answer is not the last one. */
function answer(res: Response, played: Played | Refusal, status = 200): void {
  if ('code' in played) {
    refuse(res, played.code, played.detail);
    return;
  }
  const { quest, row, facts } = played;
  const isOwed = row.voucher_outcome === 'OWED';
  const body: QuestProgress = describeProgress(quest, row, facts);
  respond(res, isOwed ? 202 : status, body);
}
