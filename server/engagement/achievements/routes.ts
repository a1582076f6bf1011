import type { Request, RequestHandler, Response, Router } from 'express';
import {
  AchievementId,
  type AchievementPage,
  SeedAchievements,
  type SeededAchievements,
} from '../../../src/protocol/achievements.ts';
import { ADMIN_ROLE } from '../../../src/protocol/admin.ts';
import { CodeSubmission } from '../../../src/protocol/goals.ts';
import { requireRole } from '../../http/guards/authenticate.ts';
import { readJson, refuseRepeated, validate } from '../../http/request/json-body.ts';
import { cutPage, readPage } from '../../http/request/paging.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import { submitCode } from '../goal.ts';
import { describeAchievement, describeDefinition, REFUSALS } from './achievement.ts';
import type { Collection } from './collection.ts';
import type { AchievementStore } from './store.ts';

/** Room for a thousand achievements. The body is read after the check for the admin role. */
const SEED_LIMIT_BYTES = 4_000_000;

export function createAchievementRoutes(deps: {
  store: AchievementStore;
  collection: Collection;
  putAchievements(wanted: SeedAchievements['achievements']): Promise<SeededAchievements>;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
}): Router {
  const { store, collection, putAchievements, authenticate, readJsonAndClaimKey } = deps;
  const router = createRouter();

  router.route('/achievements').get(authenticate, list).all(methodNotAllowed);
  router
    .route('/achievements/:achievementId/progress')
    .post(authenticate, readJsonAndClaimKey, submit)
    .all(methodNotAllowed);
  router
    .route('/api/v1/admin/achievements')
    .put(authenticate, requireRole(ADMIN_ROLE), readJson(SEED_LIMIT_BYTES), seed)
    .all(methodNotAllowed);

  return router;

  async function list(req: Request, res: Response): Promise<void> {
    const { limit, cursor = '' } = readPage(req);
    const { userId } = req.caller;
    const [definitions, reached] = await Promise.all([
      collection.definitions(),
      collection.reachedBy(userId),
    ]);
    const rest = definitions.filter(({ achievementId }) => achievementId > cursor);
    const { page, nextCursor } = cutPage(rest, limit, ({ achievementId }) => achievementId);
    const achievements = page.map((each) => describeAchievement(each, reached[each.achievementId]));
    respond(res, 200, { achievements, nextCursor } satisfies AchievementPage);
  }

  async function submit(req: Request<{ achievementId: string }>, res: Response): Promise<void> {
    const { code } = validate(CodeSubmission, req.body);
    const { userId } = req.caller;
    const achievementId = AchievementId.safeParse(req.params.achievementId).data;
    const submitted =
      achievementId &&
      (await store.submit({ achievementId, userId }, (goal, before) =>
        submitCode(goal, before, code),
      ));
    if (!submitted) {
      refuse(res, REFUSALS.unknown.code, REFUSALS.unknown.detail);
      return;
    }
    const { decided, row, reached } = submitted;
    if (decided.outcome === 'wrong_code' || decided.outcome === 'not_submittable') {
      refuse(res, REFUSALS[decided.outcome].code, REFUSALS[decided.outcome].detail);
      return;
    }
    await collection.forget(userId);
    const unlockedAt = reached.unlocked_at?.toISOString() ?? null;
    const { count } = reached;
    respond(res, 200, describeAchievement(describeDefinition(row), { count, unlockedAt }));
  }

  async function seed(req: Request, res: Response): Promise<void> {
    const { achievements } = validate(SeedAchievements, req.body);
    refuseRepeated('achievements', 'achievementId', achievements);
    const put = await putAchievements(achievements);
    await collection.forgetDefinitions();
    respond(res, 200, put);
  }
}
