import { lazy } from '../../../kernel/memo.ts';
import { count, shortId } from '../../../kernel/wording.ts';
import type { LedgerTicket } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { mayBeOfOthers } from '../../reading/other-people.ts';
import type { Phantom } from './phantom.ts';

/** Finds tickets that were let in by no call, by a call that was refused, or with another by one call. */
export function phantomCheckIns({ operations, sale }: Evidence, ledger: LedgerIndex): Phantom[] {
  const calls = lazy(() => {
    const checkIns = operations.filter(({ kind }) => kind === 'check-in');
    return new Map(checkIns.map((call) => [call.callId, call]));
  });
  return [...ledger.letInBy].flatMap(([callId, rows]): Phantom[] => {
    const ticket = rows[0] as LedgerTicket;
    const name = `ticket ${shortId(ticket.ticketId)}`;
    const call = calls().get(callId);
    if (call === undefined) {
      return mayBeOfOthers(ticket.skuId, sale) ? [] : [{ what: `${name} was let in by nobody` }];
    }
    if (call.outcome === 'fail') {
      return [{ what: `${name} is let in although that was refused`, call }];
    }
    return rows.length > 1
      ? [{ what: `${count(rows.length, 'ticket')} were let in by one call`, call }]
      : [];
  });
}
