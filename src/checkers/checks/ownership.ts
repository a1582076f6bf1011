import { countWhere } from '../../kernel/count-where.ts';
import { bulletList, count } from '../../kernel/wording.ts';
import type { Checker } from '../checker.ts';
import { describeCall, WITNESS_OPERATIONS_MAX, witnessOperations } from '../prose.ts';
import { eventfulCalls } from '../reading/eventful-calls.ts';
import { indexLedger } from '../reading/ledger-index.ts';
import { findOwners, theftsByAnswers } from './ownership/by-answers.ts';
import { theftsByRows } from './ownership/by-ledger.ts';
import { theftsByStrangers } from './ownership/by-strangers.ts';

/**
 * Something of one buyer that went to another: a hold, an order or a voucher that a buyer was told of, and that somebody
 * else checked out, gave back, cancelled or used, or was told of as well; a row of the ledger that is booked on another
 * buyer than the one whose call made it, who was told of it, or who owns the row that it rests on. A call without an answer
 * counts when the ledger shows that it took effect.
 */
export const ownership: Checker = {
  name: 'ownership',
  needs: [],
  check(evidence) {
    const { operations, sale } = evidence;
    const named = countWhere(operations, ({ buyer }) => buyer !== undefined);
    const { index: ledger } = indexLedger(evidence);
    if (named === 0) {
      return {
        status: 'skipped',
        summary: 'no call tells who made it; a target tells who asks by `buyerOf`',
      };
    }
    const calls = eventfulCalls(operations);
    const owners = findOwners(calls);
    const thefts = theftsByAnswers(calls, owners);
    if (ledger !== undefined) {
      const known = new Set(thefts.flatMap(({ calls }) => calls.slice(-1)));
      const byRows = theftsByRows(calls, ledger, known);
      for (const { calls } of byRows.thefts) for (const call of calls) known.add(call);
      const { wrongRows } = byRows;
      thefts.push(
        ...byRows.thefts,
        ...theftsByStrangers(evidence, ledger, owners, { known, wrongRows }),
      );
    }
    const [first] = thefts;
    if (first === undefined) {
      const limits = ledger === undefined ? ', as far as the answers tell' : '';
      return {
        status: 'valid',
        summary: `in ${count(named, 'call')} everybody had and used only their own${limits}`,
      };
    }
    const shown = thefts.slice(0, SHOWN_THEFTS_MAX);
    return {
      status: 'invalid',
      summary: `something of one buyer went to another ${count(thefts.length, 'time')}: ${first.what}`,
      witness: {
        prose: bulletList(
          'Holds, orders, vouchers and payments that did not stay with their buyers:',
          shown.map(({ what, calls }) =>
            [what, ...calls.map((call) => describeCall(call, sale))].join('. '),
          ),
        ),
        operations: witnessOperations(shown.flatMap(({ calls }) => calls)),
      },
    };
  },
};

/** A theft has at most two calls. */
const SHOWN_THEFTS_MAX = WITNESS_OPERATIONS_MAX / 2;
