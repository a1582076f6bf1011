/**
 * The flows by which a server sells units of a SKU: reserve and check out, register for a voucher, attempt a purchase, buy
 * tickets.
 */
export const WAYS_OF_SELLING = ['reservations', 'campaign', 'flash-sale', 'tickets'] as const;

export type WayOfSelling = (typeof WAYS_OF_SELLING)[number];

/** The ways in which a run or `seed` puts a SKU on sale. Tickets are put on sale by the organizer of their event. */
export const SEEDED_WAYS = ['reservations', 'campaign', 'flash-sale'] as const;

export type SeededWay = (typeof SEEDED_WAYS)[number];
