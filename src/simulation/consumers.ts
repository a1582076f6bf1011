/** The topics of events, as the server names them. */
export const TOPIC = {
  reservations: 'flash-sale-reservations',
  inventory: 'flash-sale-inventory-updates',
  orders: 'flash-sale-orders',
  attempts: 'flashsale.attempts',
  tickets: 'flashsale.tickets',
} as const;
export type Topic = keyof typeof TOPIC;

/** The consumer groups of the server with the topics that each reads. */
export const GROUPS: { group: string; topics: Topic[] }[] = [
  { group: 'analytics', topics: ['reservations', 'inventory', 'orders', 'tickets'] },
  { group: 'notification', topics: ['reservations', 'orders', 'tickets'] },
  { group: 'inventory-sync', topics: ['inventory'] },
  { group: 'fraud', topics: ['reservations'] },
  { group: 'flash-sale-worker-group', topics: ['attempts'] },
  { group: 'show-counts', topics: ['tickets'] },
];

/** The consumer groups as a ledger would name them. */
export const consumers = (): { group: string; topics: string[] }[] =>
  GROUPS.map(({ group, topics }) => ({ group, topics: topics.map((topic) => TOPIC[topic]) }));
