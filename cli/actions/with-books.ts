import type { RecordedHistory } from '../../src/history/parser.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import type { MergedHistory } from '../../src/merging/merge-histories.ts';
import { type AdminApi, createAdminApi } from '../../src/run/sale/admin-api.ts';
import { readLedgers } from '../../src/run/sale/read-ledger.ts';
import type { CliContext } from '../context.ts';
import { stackOfTargets } from '../running-server.ts';
import { type Settings, targetFileOf } from '../settings.ts';
import type { BooksOptions } from './with-books-of-shop.ts';

/**
 * Reads the books of the target now, for histories without them; the same histories when no target is named.
 *
 * @throws UserError (usage) when nobody may read them, (environment) when they cannot be read
 */
export async function withBooks<History extends RecordedHistory | MergedHistory>(
  history: History,
  options: BooksOptions,
  context: CliContext,
): Promise<RecordedHistory> {
  if (history.books.some(({ counts }) => counts !== undefined)) return history;
  const { settings } = options;
  if (targetFileOf(settings) !== undefined) {
    const { withBooksOfShop } = await import('./with-books-of-shop.ts');
    return withBooksOfShop(history, options, context);
  }
  const admin = await adminOf(settings, context.cwd);
  if (admin === undefined) return history;
  const { sale } = history;
  if ('merged' in history) {
    const { ledgerOf, readAtEnd } = await import('./read-at-end.ts');
    return readAtEnd(history, ledgerOf(admin, sale), context);
  }
  // The recorder's monotonic clock is gone, so its time is derived from the wall clock.
  const nowNs = () => sale.startedAtNs + (systemClock.nowMs() - sale.startedAtMs) * 1e6;
  return { ...history, ...(await readLedgers(admin, sale.skus, nowNs)) };
}

/** The admin API of the target; undefined when none is named. */
async function adminOf(settings: Settings, cwd: string): Promise<AdminApi | undefined> {
  const { target: targets, adminToken } = settings;
  if (targets === undefined) return undefined;
  const token = adminToken ?? (await stackOfTargets(targets, cwd))?.adminToken;
  if (token !== undefined) return createAdminApi({ targets, token });
  throw UserError.usage('the ledger of the target cannot be read', {
    why: 'no administrator’s token was given',
    next: 'add --admin-token TOKEN, or leave --target out to judge what buyers saw alone',
  });
}
