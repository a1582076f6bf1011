/**
 * The flows by which a server sells units of a SKU: reserve and check out, register for a voucher, attempt a purchase, buy
 * tickets.
 */
export const WAYS_OF_SELLING = ['reservations', 'campaign', 'flash-sale', 'tickets'] as const;

export type WayOfSelling = (typeof WAYS_OF_SELLING)[number];

/** The ways in which a run or `seed` puts a SKU on sale; `quest` is a campaign whose vouchers are rewards. */
export const SEEDED_WAYS = [...WAYS_OF_SELLING, 'quest'] as const;

export type SeededWay = (typeof SEEDED_WAYS)[number];
