import { bulletList, count } from '../../kernel/wording.ts';
import { checkLedger } from '../ledger-check.ts';
import { witnessOperations } from '../prose.ts';
import { wrongTracks } from './analytics-agreement/against-calls.ts';
import { wrongDeliveryCounts } from './analytics-agreement/against-deliveries.ts';
import { wrongCounts } from './analytics-agreement/counts.ts';

/**
 * Analytics that tell of something else than what happened. Every event of a call that was answered yes is stored, once however
 * often it is sent, and nothing of a call that was refused. The count of every bucket is that of the stored events; hours are
 * the sum of their minutes, and days of their hours. Events of the queue are counted as often as their consumer handled them, and
 * with the units of their movements.
 */
export const analyticsAgreement = checkLedger(
  'analytics-agreement',
  ['track', 'bucket'],
  (ledger, evidence) => {
    const told = evidence.operations.filter(({ kind }) => kind === 'track');
    const { buckets, tracks } = ledger;
    const deliveries = wrongDeliveryCounts(ledger, evidence);
    if (told.length + tracks.length + buckets.length === 0 && deliveries.counted === 0) {
      return { status: 'skipped', summary: 'nobody told the analytics of anything' };
    }
    const calls = wrongTracks(told, ledger, evidence);
    const wrong = [
      ...calls.map(({ what }) => what),
      ...wrongCounts(ledger, evidence.sale),
      ...deliveries.wrong,
    ];
    if (wrong.length > 0) {
      return {
        status: 'invalid',
        summary: `the analytics tell of something else than what happened: ${wrong[0]}`,
        witness: {
          prose: bulletList(
            `The analytics and what happened differ in ${count(wrong.length, 'thing')}:`,
            wrong.slice(0, 10),
          ),
          operations: witnessOperations(calls.flatMap((each) => each.calls)),
        },
      };
    }
    const stored = tracks.reduce((sum, { records }) => sum + records, 0);
    return {
      status: 'valid',
      summary: `${count(stored, 'event')} of ${count(told.length, 'call')} and ${count(deliveries.counted, 'event')} of the queue are counted once each, in ${count(buckets.length, 'bucket')}`,
    };
  },
);
