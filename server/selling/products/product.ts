import type { Availability, Product } from '../../../src/protocol/products.ts';

/** A row of `products` as the driver returns it. */
export interface ProductRow {
  sku_id: string;
  name: string;
  base_price: string;
  flash_sale_price: string;
  total_inventory: number;
  is_active: boolean;
  category: string;
  created_at: Date;
}

/** A row of `inventory` as the driver returns it. */
export interface InventoryRow {
  sku_id: string;
  total_count: number;
  available_count: number;
  reserved_count: number;
  sold_count: number;
  sequence: number;
}

export const describeProduct = (row: ProductRow): Product => ({
  skuId: row.sku_id,
  name: row.name,
  basePrice: row.base_price,
  flashSalePrice: row.flash_sale_price,
  totalInventory: row.total_inventory,
  isActive: row.is_active,
  category: row.category,
  createdAt: row.created_at.toISOString(),
});

export const describeAvailability = (row: InventoryRow): Availability => ({
  skuId: row.sku_id,
  total: row.total_count,
  available: row.available_count,
  reserved: row.reserved_count,
  sold: row.sold_count,
  sequence: row.sequence,
});
