import { type Buckets, type NativeHistogram, SCHEMA } from './native-histogram.ts';
import type { Exemplar, SeriesValue } from './series-value.ts';

/**
 * Encodes Prometheus' remote-write message (https://prometheus.io/docs/specs/prw/remote_write_spec/): a `WriteRequest`
 * in protobuf, framed as a snappy block.
 *
 * It is written by hand because seven message types of a few fields need no protobuf library, and a snappy block may
 * consist of literals only. Such a block is larger than a compressed one, but every receiver reads it.
 */
export function writeRequest(values: SeriesValue[], timestampMs: number): Buffer {
  return snappyBlock(Buffer.concat(values.flatMap((value) => timeSeries(value, timestampMs))));
}

/** An exemplar follows its histogram, as Prometheus itself sends it: a receiver takes none of a series that it does not know. */
function timeSeries(
  { name, labels, value, histogram, exemplar }: SeriesValue,
  timestampMs: number,
): Buffer[] {
  const named = [['__name__', name] as [string, string], ...labels]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(labelField);
  const content =
    histogram === undefined
      ? field(2, sample(value, timestampMs))
      : field(4, nativeSample(histogram, timestampMs));
  return [content, ...(exemplar === undefined ? [] : [field(3, exemplarOf(exemplar))])].map(
    (part) => field(1, Buffer.concat([...named, part])),
  );
}

const labelField = ([label, text]: [string, string]): Buffer =>
  field(1, Buffer.concat([field(1, Buffer.from(label)), field(2, Buffer.from(text))]));

const LENGTH_DELIMITED = 2;
const FIXED_64 = 1;
const VARINT = 0;

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([(number << 3) | LENGTH_DELIMITED]),
    varint(content.length),
    content,
  ]);
}

const sample = (value: number, timestampMs: number): Buffer =>
  Buffer.concat([double(1, value), whole(2, timestampMs)]);

const exemplarOf = ({ traceId, value, timeMs }: Exemplar): Buffer =>
  Buffer.concat([labelField(['trace_id', traceId]), double(2, value), whole(3, timeMs)]);

function nativeSample(histogram: NativeHistogram, timestampMs: number): Buffer {
  const { count, sum, zeroCount, positive, negative } = histogram;
  return Buffer.concat([
    whole(1, count),
    double(3, sum),
    whole(4, zigzag(SCHEMA)),
    double(5, ZERO_THRESHOLD),
    whole(6, zeroCount),
    ...spansAndDeltas([8, 9], negative),
    ...spansAndDeltas([11, 12], positive),
    whole(15, timestampMs),
  ]);
}

/** Values up to this are zero; that of Prometheus' own client. */
const ZERO_THRESHOLD = 2 ** -128;

function spansAndDeltas(
  [spansField, deltasField]: [number, number],
  { spans, deltas }: Buckets,
): Buffer[] {
  if (deltas.length === 0) return [];
  return [
    ...spans.map(({ offset, length }) =>
      field(spansField, Buffer.concat([whole(1, zigzag(offset)), whole(2, length)])),
    ),
    field(deltasField, Buffer.concat(deltas.map((delta) => varint(zigzag(delta))))),
  ];
}

function double(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | FIXED_64;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

const whole = (number: number, value: number): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | VARINT]), varint(value)]);

/** Signed numbers, so that those near zero are short: 0, −1, 1, −2 … */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** Encodes seven bits per byte, the lowest first. It divides because times in milliseconds have more than 32 bits. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

const LITERAL_BYTES_MAX = 65_536;
/** The tag of a literal whose length minus one is in the two bytes after the tag. */
const LITERAL_16 = 61 << 2;

function snappyBlock(content: Buffer): Buffer {
  const parts = [varint(content.length)];
  for (let at = 0; at < content.length; at += LITERAL_BYTES_MAX) {
    const literal = content.subarray(at, at + LITERAL_BYTES_MAX);
    const head = Buffer.alloc(3);
    head[0] = LITERAL_16;
    head.writeUInt16LE(literal.length - 1, 1);
    parts.push(head, literal);
  }
  return Buffer.concat(parts);
}
