import { bulletList, count } from '../../kernel/wording.ts';
import { checkLedger } from '../ledger-check.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { againstAnswers } from './reward-capacity/answers.ts';
import { againstBooks } from './reward-capacity/books.ts';

const SHOWN_MAX = 5;

/**
 * A completed quest that neither has its voucher nor was told that there is none, or both; a voucher of a campaign of rewards
 * that nobody has earned; and more of them than there are. Answers to the calls that complete a quest are compared as well.
 */
export const rewardCapacity = checkLedger('reward-capacity', ['reward'], (ledger, evidence) => {
  const { sale } = evidence;
  const skus = sale.skus.filter(({ isReward }) => isReward);
  if (skus.length === 0) return { status: 'skipped', summary: 'no vouchers are rewards of quests' };
  const wrong = [
    ...againstBooks(skus, ledger, evidence),
    ...againstAnswers(skus, ledger, evidence),
  ];
  const [first] = wrong;
  if (first === undefined) {
    const given = ledger.rewards.filter(({ outcome }) => outcome === 'GIVEN').length;
    const gone = ledger.rewards.filter(({ outcome }) => outcome === 'GONE').length;
    return {
      status: 'valid',
      summary: `of ${count(ledger.rewards.length, 'completed quest')}, ${given} were rewarded with a voucher and ${gone} were told that none is left`,
    };
  }
  const shown = wrong.slice(0, SHOWN_MAX);
  return {
    status: 'invalid',
    summary: `${count(wrong.length, 'reward')} went wrong: ${first.what}`,
    witness: {
      prose: bulletList(
        'Whoever completes a quest gets one voucher, or is told that there is none:',
        shown.map(({ what, call }) =>
          call === undefined ? what : `${what}. ${describeCall(call, sale)}`,
        ),
      ),
      operations: witnessOperations(shown.flatMap(({ call }) => call ?? [])),
    },
  };
});
