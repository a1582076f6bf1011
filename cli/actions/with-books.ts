import type { RecordedHistory } from '../../src/history/parser.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import type { MergedHistory } from '../../src/merging/merge-histories.ts';
import { type AdminApi, createAdminApi } from '../../src/run/sale/admin-api.ts';
import { readLedgers } from '../../src/run/sale/read-ledger.ts';
import type { CliContext } from '../context.ts';
import { stackOfTargets } from '../running-server.ts';
import { type Settings, targetFileOf } from '../settings.ts';

/**
 * Reads the ledger of the target now, for histories without one; the same histories when no target is named.
 *
 * @throws UserError (usage) when nobody may read it, (environment) when it cannot be read
 */
export async function withBooks<History extends RecordedHistory | MergedHistory>(
  history: History,
  settings: Settings,
  context: CliContext,
): Promise<RecordedHistory> {
  if (history.books.some(({ counts }) => counts !== undefined)) return history;
  const admin = await adminOf(settings, context.cwd);
  if (admin === undefined) return history;
  if ('merged' in history) {
    const { readAtEnd } = await import('./read-at-end.ts');
    return readAtEnd(history, admin, context);
  }
  const { sale } = history;
  // The recorder's monotonic clock is gone, so its time is derived from the wall clock.
  const nowNs = () => sale.startedAtNs + (systemClock.nowMs() - sale.startedAtMs) * 1e6;
  return { ...history, ...(await readLedgers(admin, sale.skus, nowNs)) };
}

/** The admin API of the target; undefined when none is named. */
async function adminOf(settings: Settings, cwd: string): Promise<AdminApi | undefined> {
  const { target: targets, adminToken } = settings;
  if (targets === undefined) return undefined;
  if (targetFileOf(settings) !== undefined) {
    throw UserError.usage('the books of a described shop cannot be read afterwards', {
      why: 'the run that put something on sale in it reads them at its end',
      next: 'give the base URL of a server of ours, or leave --target out to judge what buyers saw alone',
    });
  }
  const token = adminToken ?? (await stackOfTargets(targets, cwd))?.adminToken;
  if (token !== undefined) return createAdminApi({ targets, token });
  throw UserError.usage('the ledger of the target cannot be read', {
    why: 'no administrator’s token was given',
    next: 'add --admin-token TOKEN, or leave --target out to judge what buyers saw alone',
  });
}
