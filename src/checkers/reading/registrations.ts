import type { Evidence } from '../evidence.ts';
import { ofBuyer } from './ledger-index.ts';

/**
 * The moment at which each buyer first asked to be registered, by `ofBuyer`. A registration that finds a hold left by an
 * earlier one, which was refused or got no answer, buys that hold.
 */
export function firstRegistrations({ operations }: Evidence): Map<string, number> {
  const firstNs = new Map<string, number>();
  for (const { kind, sku, buyer, invokedAtNs } of operations) {
    if (kind !== 'register') continue;
    const key = ofBuyer(sku, buyer);
    if (!firstNs.has(key)) firstNs.set(key, invokedAtNs);
  }
  return firstNs;
}
