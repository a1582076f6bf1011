/**
 * The filter's keys in Redis. The braces are a hash tag: all keys of one SKU are on one node of a cluster, so that one
 * script may use them together.
 */
export const stockKey = (skuId: string) => `stock:{${skuId}}`;
export const admittedKey = (skuId: string) => `admitted:{${skuId}}`;
export const stockSequenceKey = (skuId: string) => `stock_sequence:{${skuId}}`;
export const buyerKeys = (userId: string, skuId: string) => [
  `user_limit:${userId}:{${skuId}}`,
  `reservation:${userId}:{${skuId}}`,
];

/** The SKUs that were used lately, scored by the time in ms (zset). */
export const IN_USE_KEY = 'admission:in_use';

export const STOCK_TTL_SECONDS = 300;
export const USER_LIMIT_TTL_SECONDS = 86_400;
export const RESERVATION_TTL_SECONDS = 180;
