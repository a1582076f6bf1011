/** Requests, those of a SKU together. */
export interface GroupedBySku<Request> {
  /** Each SKU once, in the order in which the requests name them. */
  skuIds: string[];
  /** Of each grouped request, the place of its SKU in `skuIds`, from 1. */
  skus: number[];
  /** The requests by SKU, those of one SKU in the order of their arrival. */
  grouped: Request[];
  /** Brings results of the grouped requests into the order of the requests. */
  inTheirOrder<Result>(results: Result[]): Result[];
}

/** Groups the requests of a batch by their SKUs. */
export function groupBySku<Request extends { skuId: string }>(
  requests: Request[],
): GroupedBySku<Request> {
  const bySku = new Map<string, number[]>();
  for (const [place, { skuId }] of requests.entries()) {
    const places = bySku.get(skuId);
    if (places === undefined) bySku.set(skuId, [place]);
    else places.push(place);
  }
  const skuIds = [...bySku.keys()];
  if (skuIds.length === 1) {
    const skus = new Array<number>(requests.length).fill(1);
    return { skuIds, skus, grouped: requests, inTheirOrder: (results) => results };
  }

  const order = [...bySku.values()].flat();
  return {
    skuIds,
    skus: [...bySku.values()].flatMap((places, sku) => places.map(() => sku + 1)),
    grouped: order.map((place) => requests[place] as Request),
    inTheirOrder<Result>(results: Result[]) {
      const sorted = new Array<Result>(results.length);
      for (const [index, place] of order.entries()) sorted[place] = results[index] as Result;
      return sorted;
    },
  };
}
