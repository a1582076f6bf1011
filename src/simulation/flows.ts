/**
 * The ways of selling: reserved and checked out, as vouchers of a campaign, as those of a quest, as attempts that a worker
 * decides, in one call as a small shop does, of which the metrics know nothing, or in one call as tickets.
 */
export const FLOWS = ['reserve', 'register', 'quest', 'attempt', 'buy', 'tickets'] as const;
export type Flow = (typeof FLOWS)[number];
