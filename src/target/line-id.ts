/** The id of a line of a basket, where the shop has one for all of them: a part of it for each SKU. */
export const lineId = (ofBasket: string, sku: string): string => `${ofBasket}/${sku}`;

/** The id of a call as a part for one line: its number on a server that stores it so, else its SKU. */
export const linePart = (ofCall: string, line: string | number): string => `${ofCall}.${line}`;
