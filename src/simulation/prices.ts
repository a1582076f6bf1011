/**
 * The price of some units as text, as the server gives it. A unit of SKU-1 costs 12.49, of SKU-2 14.99; vouchers of a
 * campaign are free.
 */
export function priceOf(sku: string, quantity: number, flow: string): string {
  if (flow === 'register' || flow === 'quest') return '0.00';
  const place = Number(sku.slice('SKU-'.length));
  const cents = quantity * (999 + 250 * place);
  return (cents / 100).toFixed(2);
}
