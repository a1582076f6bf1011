import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count } from '../../kernel/wording.ts';
import { NOTIFICATION_GROUP } from '../../protocol/ledger.ts';
import { checkLedger } from '../ledger-check.ts';
import { compareSku } from './notified-once/compare-sku.ts';
import { toldOfForeignTickets } from './notified-once/tickets.ts';

/**
 * Users who were told too much or too little. The group that tells users writes what it tells in the transaction in which it
 * handles the event, so every event of a told kind that it handled has exactly one notification. An anomaly is an event told
 * twice, told to nobody or to somebody else, told as another kind; a notification of nothing.
 *
 * An event that the group has not handled yet owes none: it is the matter of `event-log-agreement`.
 */
export const notifiedOnce = checkLedger(
  'notified-once',
  ['reservation', 'movement', 'delivery', 'notification'],
  (ledger, { sale }) => {
    const handled = ledger.handledTopics.filter(({ group }) => group === NOTIFICATION_GROUP);
    const told = groupBy(ledger.notifications, ({ skuId }) => skuId);
    const compared = sale.skus.map(({ skuId }) =>
      compareSku(skuId, ledger, handled, told.get(skuId) ?? []),
    );
    const owed = compared.reduce((sum, each) => sum + each.owed, 0);
    const wrong = [
      ...compared.flatMap((each) => each.wrong),
      ...toldOfForeignTickets(told, ledger),
    ];
    if (wrong.length > 0) {
      return {
        status: 'invalid',
        summary: wrong[0] as string,
        witness: {
          prose: bulletList(
            `Users must be told of ${count(owed, 'event')}, each once, and of nothing else. What they were told differs:`,
            wrong.slice(0, 10),
          ),
          operations: [],
        },
      };
    }
    if (owed === 0) {
      return { status: 'skipped', summary: 'nothing happened that a user has to be told of' };
    }
    return { status: 'valid', summary: `users were told of ${count(owed, 'event')}, each once` };
  },
);
