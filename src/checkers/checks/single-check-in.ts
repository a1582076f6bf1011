import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { count, shortId } from '../../kernel/wording.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { witnessOfCalls } from '../prose.ts';
import { indexLedger, type LedgerIndex } from '../reading/ledger-index.ts';
import { findWishes, type Wishes } from '../reading/wishes.ts';

/**
 * One ticket let in twice: by two answers, or by one and by the ledger in another call. Or a ticket refused as let in already,
 * although nobody can have let it in by then. A call that repeats another call's idempotency key is no second check-in.
 * `unknown` when a call that nobody can settle may have been the second.
 */
export const singleCheckIn: Checker = {
  name: 'single-check-in',
  needs: [],
  check(evidence) {
    const wishes = findWishes(evidence);
    const checkIns = wishes.calls.filter(({ kind }) => kind === 'check-in');
    if (checkIns.length === 0)
      return { status: 'skipped', summary: 'no ticket was shown at a gate' };
    const { index: ledger } = indexLedger(evidence);
    const mayBeOfOthers = createOthersTest(evidence, ledger);
    let doubt: Finding | undefined;
    let letIn = 0;
    for (const [ticket, calls] of groupBy(checkIns, (call) => call.ticket)) {
      const possible = calls.filter(({ outcome }) => outcome !== 'fail');
      const sure = possible.filter((call) => settle(call, ledger, wishes) === 'happened');
      const open = possible.filter((call) => settle(call, ledger, wishes) === 'open');
      if (sure.length > 1) return letInTwice(ticket, sure, evidence);
      const refused = mayBeOfOthers
        ? undefined
        : falselyRefused(calls, [...sure, ...open], evidence);
      if (refused !== undefined) return notYetIn(ticket, refused, possible, evidence);
      if (sure.length + open.length > 1) doubt ??= maybeTwice(ticket, possible, evidence);
      letIn += sure.length;
    }
    return (
      doubt ?? {
        status: 'valid',
        summary: `${count(letIn, 'ticket')} let in once each in ${count(checkIns.length, 'call')}`,
      }
    );
  },
};

/** The fate of a call: by its answer, or else by the ledger’s tickets. */
function settle(
  call: Operation,
  ledger: LedgerIndex | undefined,
  { callIdsOf }: Wishes,
): 'happened' | 'did-not-happen' | 'open' {
  if (call.outcome === 'ok') return 'happened';
  const callIds = callIdsOf(call);
  if (!ledger?.keeps('ticket') || callIds.length === 0) return 'open';
  if (callIds.some((callId) => ledger.letInBy.has(callId))) return 'happened';
  return ledger.tickets.some(isOfUnknownCall) ? 'open' : 'did-not-happen';
}

const isOfUnknownCall = (row: LedgerIndex['tickets'][number]): boolean =>
  row.checkedInAt !== null && row.checkedInByCallId === null;

/** True when somebody besides the calls of the history may have let a ticket in. */
function createOthersTest(
  { sale, operations }: Evidence,
  ledger: LedgerIndex | undefined,
): boolean {
  if (sale.nobodyElseBuys === false) return true;
  const known = new Set(
    operations.filter(({ kind }) => kind === 'check-in').map(({ callId }) => callId),
  );
  return (ledger?.tickets ?? []).some(
    (row) =>
      isOfUnknownCall(row) || (row.checkedInByCallId !== null && !known.has(row.checkedInByCallId)),
  );
}

/** The first refusal of a ticket as let in already that came before anybody can have let it in. */
const falselyRefused = (
  calls: Operation[],
  checkIns: Operation[],
  { sale }: Evidence,
): Operation | undefined =>
  calls.find(
    ({ outcome, code, completedAtNs }) =>
      outcome === 'fail' &&
      sale.refusals[code ?? ''] === 'ticket-used' &&
      checkIns.every(({ invokedAtNs }) => invokedAtNs > completedAtNs),
  );

export const describeLetIn = (ticket: string, times: number): string =>
  `ticket ${shortId(ticket)} was let in ${times} times`;

const letInTwice = (ticket: string, calls: Operation[], { sale }: Evidence): Finding => ({
  status: 'invalid',
  summary: describeLetIn(ticket, calls.length),
  witness: witnessOfCalls(
    `A ticket lets one person in. ${shortId(ticket)} was let in ${calls.length} times, by the answers and the ledger:`,
    calls,
    sale,
  ),
});

const notYetIn = (
  ticket: string,
  refused: Operation,
  checkIns: Operation[],
  { sale }: Evidence,
): Finding => ({
  status: 'invalid',
  summary: `ticket ${shortId(ticket)} was refused as let in already, and nobody can have let it in by then`,
  witness: witnessOfCalls(
    `The holder of ticket ${shortId(ticket)} was turned away, because it had been let in already. Nobody can have done that before the refusal was answered:`,
    [refused, ...checkIns],
    sale,
  ),
});

const maybeTwice = (ticket: string, calls: Operation[], { sale }: Evidence): Finding => ({
  status: 'unknown',
  summary: `${count(calls.filter(({ outcome }) => outcome === 'info').length, 'call')} without an answer may have let ticket ${shortId(ticket)} in a second time`,
  witness: witnessOfCalls(
    `A ticket lets one person in. Nobody can tell if ${shortId(ticket)} was let in once or twice:`,
    calls,
    sale,
  ),
});
