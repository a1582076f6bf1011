import { ID_ABSENT, IdColumn } from './id-column.ts';
import type { Names } from './names.ts';
import { PART_LENGTH } from './operation-columns.ts';
import type { PackedTexts } from './packed-texts.ts';

/** The id that the reference server gives the event of a movement. It is kept with the number alone. */
export const idOfMovement = (sequence: number): string => `m${sequence}`;

/** The texts that the topics of a list share. */
interface SharedNames {
  skus: Names;
  types: Names;
  /** The ids of events that are no UUIDs. */
  ids: PackedTexts;
}

/**
 * The deliveries to one group in one topic. They stand in columns in the order in which they came, and in that of their SKUs as
 * soon as anybody asks for those of one: a sale may have a hundred thousand SKUs with a few deliveries each.
 */
export class DeliveryTopic {
  readonly group: string;
  readonly topic: string;
  length = 0;
  private readonly names: SharedNames;
  /** All but the last one are full. */
  private parts: Columns[] = [];
  /**
   * By the number of a SKU, the place of its first delivery in the only part; behind the last SKU, the end of the part. Undefined
   * while the deliveries are not sorted.
   */
  private starts: Uint32Array | undefined;

  constructor(group: string, topic: string, names: SharedNames) {
    this.group = group;
    this.topic = topic;
    this.names = names;
  }

  /**
   * Adds a delivery.
   *
   * @param eventId the id of its event as four numbers of this form, which is absent if the id is that of its movement
   */
  add(
    sku: number,
    type: number,
    sequence: number | null,
    form: number,
    eventId: Uint32Array,
  ): void {
    let part = this.parts.at(-1);
    if (part === undefined || part.length === part.skus.length) {
      part = createColumns(PART_LENGTH);
      this.parts.push(part);
    }
    const place = part.length++;
    part.skus[place] = sku;
    part.types[place] = type;
    part.sequences[place] = sequence ?? Number.NaN;
    if (form !== ID_ABSENT) {
      part.otherIds ??= new IdColumn(this.names.ids, part.skus.length);
      part.otherIds.set(place, form, eventId);
    }
    this.length++;
    this.starts = undefined;
  }

  /** The deliveries of one SKU; undefined if there are none. */
  of(skuId: string): DeliveryStream | undefined {
    const number = this.names.skus.knownNumberOf(skuId);
    return number === undefined ? undefined : this.streamAt(number);
  }

  /** The deliveries of each SKU that has some. */
  get streams(): Iterable<DeliveryStream> {
    return this.allStreams();
  }

  private *allStreams(): Iterable<DeliveryStream> {
    for (let number = 0; number < this.names.skus.all.length; number++) {
      const stream = this.streamAt(number);
      if (stream !== undefined) yield stream;
    }
  }

  private streamAt(sku: number): DeliveryStream | undefined {
    this.starts ??= this.sort();
    const [sorted] = this.parts;
    // A SKU that is new since then has no number here.
    const from = this.starts[sku] ?? this.length;
    const to = this.starts[sku + 1] ?? this.length;
    if (sorted === undefined || from === to) return undefined;
    const { skus, types } = this.names;
    return new DeliveryStream(skus.all[sku] as string, types.all, sorted, from, to - from);
  }

  /** Makes one part of all, sorted by SKU; those of one SKU stay in their order. Returns the beginnings of the SKUs. */
  private sort(): Uint32Array {
    const { names, parts, length } = this;
    const starts = new Uint32Array(names.skus.all.length + 1);
    for (const { skus, length } of parts) {
      for (let place = 0; place < length; place++)
        (starts[(skus[place] as number) + 1] as number)++;
    }
    for (let sku = 1; sku < starts.length; sku++) {
      starts[sku] = (starts[sku] as number) + (starts[sku - 1] as number);
    }
    const next = starts.slice();
    const sorted = createColumns(length);
    for (const part of parts) {
      for (let place = 0; place < part.length; place++) {
        const sku = part.skus[place] as number;
        const to = next[sku] as number;
        next[sku] = to + 1;
        sorted.skus[to] = sku;
        sorted.types[to] = part.types[place] as number;
        sorted.sequences[to] = part.sequences[place] as number;
        if (part.otherIds?.has(place) !== true) continue;
        sorted.otherIds ??= new IdColumn(names.ids, length);
        sorted.otherIds.copy(to, part.otherIds, place);
      }
    }
    sorted.length = length;
    this.parts = [sorted];
    return starts;
  }
}

/** Facts of deliveries by their places. */
interface Columns {
  length: number;
  /** Numbers of names. */
  skus: Uint32Array;
  types: Uint32Array;
  /** The numbers of the movements; NaN where an event tells of none. */
  sequences: Float64Array;
  /** The ids that do not follow from the numbers of movements; undefined where all of them do. */
  otherIds: IdColumn | undefined;
}

const createColumns = (room: number): Columns => ({
  length: 0,
  skus: new Uint32Array(room),
  types: new Uint32Array(room),
  sequences: new Float64Array(room),
  otherIds: undefined,
});

/** The deliveries of one SKU to one group in one topic, in their order. */
export class DeliveryStream {
  readonly skuId: string;
  readonly length: number;
  private readonly types: readonly string[];
  private readonly columns: Columns;
  private readonly from: number;

  constructor(
    skuId: string,
    types: readonly string[],
    columns: Columns,
    from: number,
    length: number,
  ) {
    this.skuId = skuId;
    this.types = types;
    this.columns = columns;
    this.from = from;
    this.length = length;
  }

  typeAt(place: number): string {
    return this.types[this.columns.types[this.from + place] as number] as string;
  }

  /** The number of the movement that the event tells of; null if it tells of none. */
  sequenceAt(place: number): number | null {
    const sequence = this.columns.sequences[this.from + place] as number;
    return Number.isNaN(sequence) ? null : sequence;
  }

  eventIdAt(place: number): string {
    const { otherIds, sequences } = this.columns;
    const at = this.from + place;
    return otherIds?.at(at) ?? idOfMovement(sequences[at] as number);
  }
}
