import { countWhere } from '../kernel/count-where.ts';
import { count } from '../kernel/wording.ts';
import type { Evidence } from './evidence.ts';
import { type EvidenceKind, isPromised, NAME_OF_EVIDENCE, withoutGaps } from './gaps.ts';

/** Kinds whose absence leaves something of a sale unseen. The others show in these. */
const WORTH_NAMING: readonly EvidenceKind[] = [
  ...(['inventory', 'reservation', 'order', 'movement', 'payment'] as const),
  ...(['delivery', 'hot_stock', 'sequences', 'scrapes', 'generator'] as const),
];

/** Names the evidence that a verdict rests on, with its numbers, and the evidence that nobody could see. */
export function basisOf(evidence: Evidence): string {
  const sound = withoutGaps(evidence);
  const { operations, ledger, scrapes = [], sale } = sound;
  const answered = countWhere(operations, ({ status }) => status > 0);
  const parts = [`${count(answered, 'answer')} to ${count(operations.length, 'call')}`];
  if (ledger !== undefined) {
    const { reservations, orders, movements, payments, tickets } = ledger;
    const rows = [
      count(reservations.length, 'reservation'),
      count(orders.length, 'order'),
      count(movements.length, 'movement'),
      ...(payments.length > 0 ? [count(payments.length, 'payment')] : []),
      ...(tickets.length > 0 ? [count(tickets.length, 'ticket')] : []),
    ];
    parts.push(`a ledger of ${list(rows)}`);
    if (isPromised('delivery', sound)) {
      parts.push(count(sale.evidence.consumers.length, 'consumer group'));
    }
    if (isPromised('hot_stock', sound)) parts.push('the hot store');
  }
  if (scrapes.length > 0) {
    const instances = new Set(scrapes.map(({ instance }) => instance)).size;
    parts.push(`${count(scrapes.length, 'scrape')} of ${count(instances, 'instance')}`);
  }
  const unseen = WORTH_NAMING.filter((kind) => !isPromised(kind, sound));
  const limits =
    unseen.length === 0
      ? 'nothing that a check looks at was out of sight'
      : `nobody could see ${list(unseen.map((kind) => NAME_OF_EVIDENCE[kind]))}`;
  return `It rests on ${list(parts)}; ${limits}.`;
}

const LISTS = new Intl.ListFormat('en');
const list = (parts: string[]): string => LISTS.format(parts);
