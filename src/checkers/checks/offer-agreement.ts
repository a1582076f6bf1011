import { bulletList, count } from '../../kernel/wording.ts';
import type { Checker } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { findAside } from './offer-agreement/aside.ts';
import type { Breach } from './offer-agreement/breach.ts';
import { findOutOfHours } from './offer-agreement/out-of-hours.ts';

/**
 * Units that were given otherwise than they were offered: by another call than the one by which the SKU is sold, before its
 * sale began, or after it was over. `one-per-buyer` has the limits, `money-agreement` the prices.
 */
export const offerAgreement: Checker = {
  name: 'offer-agreement',
  needs: [],
  check(evidence) {
    const offers = evidence.sale.skus.filter(isTold);
    if (offers.length === 0) {
      return {
        status: 'skipped',
        summary: 'nobody told in which way or when the SKUs are sold',
      };
    }
    const breaches = [...findAside(evidence), ...findOutOfHours(evidence)];
    const [first] = breaches;
    if (first === undefined) {
      return {
        status: 'valid',
        summary: `units of ${count(offers.length, 'SKU')} were given only in the way and in the time in which they are sold`,
      };
    }
    const shown = breaches.slice(0, SHOWN_MAX);
    return {
      status: 'invalid',
      summary: `units were given ${count(breaches.length, 'time')} otherwise than they are sold: ${first.what}`,
      witness: {
        prose: bulletList(
          'Units were given in a way or at a time in which they are not sold:',
          shown.map((breach) => describeBreach(breach, evidence)),
        ),
        operations: witnessOperations(shown.flatMap(({ call }) => call ?? [])),
      },
    };
  },
};

const SHOWN_MAX = 5;

const isTold = ({ soldBy, opensAt, closesAt }: Evidence['sale']['skus'][number]): boolean =>
  soldBy !== undefined || opensAt !== undefined || closesAt !== undefined;

const describeBreach = ({ what, call }: Breach, { sale }: Evidence): string =>
  call === undefined ? what : `${what}. ${describeCall(call, sale)}`;
