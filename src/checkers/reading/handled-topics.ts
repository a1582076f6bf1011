import { type Deliveries, DeliveryList } from '../../history/delivery-list.ts';
import type { DeliveryStream, DeliveryTopic } from '../../history/delivery-topic.ts';

/** The events of the SKUs on sale that a consumer group handled in a topic. */
export interface HandledTopic {
  group: string;
  topic: string;
  /** The number of them, one at least. */
  length: number;
  /** Those of one SKU; undefined if there are none. */
  of(skuId: string): DeliveryStream | undefined;
  /** Those of each SKU that has some. They are made anew for whoever asks, because a hundred thousand of them take much room. */
  streams: Iterable<DeliveryStream>;
}

/** The deliveries of the SKUs on sale, in the order in which groups and topics came first. */
export const handledTopics = (
  deliveries: Deliveries,
  onSale: ReadonlySet<string>,
): HandledTopic[] =>
  DeliveryList.of(deliveries)
    .topics.map((topic) => onlyOnSale(topic, onSale))
    .filter(({ length }) => length > 0);

function onlyOnSale(all: DeliveryTopic, onSale: ReadonlySet<string>): HandledTopic {
  const { group, topic } = all;
  const streams = {
    *[Symbol.iterator]() {
      for (const stream of all.streams) if (onSale.has(stream.skuId)) yield stream;
    },
  };
  let length = 0;
  for (const stream of streams) length += stream.length;
  const of = (skuId: string) => (onSale.has(skuId) ? all.of(skuId) : undefined);
  return { group, topic, length, of, streams };
}
