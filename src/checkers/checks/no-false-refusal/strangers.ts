import type { Operation } from '../../../history/operation.ts';
import type { RefusalReason } from '../../../history/refusal-reason.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import type { Disprove } from './refusal.ts';

/** The thing that a refusal with each of these reasons speaks of. */
const THING_OF: Partial<Record<RefusalReason, 'hold' | 'order' | 'voucher'>> = {
  'hold-lapsed': 'hold',
  'hold-ended': 'hold',
  'hold-ordered': 'hold',
  'order-ended': 'order',
  'voucher-used': 'voucher',
  'voucher-ended': 'voucher',
};

const NAMES = { hold: 'reservation', order: 'order', voucher: 'voucher' };

/**
 * Disproves that a refusal speaks of a thing of its buyer: only others were told of it. Our own server tells a stranger that
 * there is no such thing; a described shop may tell them more.
 */
export function disproveOwn({ sale, operations }: Evidence): Disprove {
  if (sale.shop !== undefined) return () => undefined;
  const yeses = operations.filter(({ outcome }) => outcome === 'ok');
  const tellers = {
    hold: groupBy(yeses, (call) => (call.kind === 'confirm' ? call.newHold : madeHold(call))),
    order: groupBy(yeses, ({ kind, order }) => (kind === 'cancel' ? undefined : order)),
    voucher: groupBy(yeses, ({ kind, voucher }) => (kind === 'redeem' ? undefined : voucher)),
  };
  return ({ call, reason }) => {
    const thing = THING_OF[reason];
    if (thing === undefined || call.buyer === undefined) return undefined;
    const told = tellers[thing].get(call[thing] ?? '') ?? [];
    const [first] = told;
    if (first === undefined || told.some(({ buyer }) => mayBe(buyer, call))) return undefined;
    return {
      why: `${NAMES[thing]} ${shortId(call[thing])} is of buyer ${shortId(first.buyer)}, and nobody else was told of it`,
      operations: [first],
    };
  };
}

const madeHold = ({ kind, hold }: Operation): string | undefined =>
  kind === 'release' ? undefined : hold;

const mayBe = (buyer: string | undefined, call: Operation): boolean =>
  buyer === undefined || buyer === call.buyer;
