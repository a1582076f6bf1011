import type { SeriesValue } from './series.ts';

/**
 * Encodes Prometheus' remote-write message (https://prometheus.io/docs/specs/prw/remote_write_spec/): a `WriteRequest`
 * in protobuf, framed as a snappy block.
 *
 * It is written by hand because four message types with two fields each need no protobuf library, and a snappy block may
 * consist of literals only. Such a block is larger than a compressed one, but every receiver reads it.
 */
export function writeRequest(values: SeriesValue[], timestampMs: number): Buffer {
  return snappyBlock(
    Buffer.concat(
      values.map(({ name, labels, value }) => {
        const named = [['__name__', name] as [string, string], ...labels].toSorted(([a], [b]) =>
          a < b ? -1 : 1,
        );
        const timeSeries = Buffer.concat([
          ...named.map(([label, text]) =>
            field(1, Buffer.concat([field(1, Buffer.from(label)), field(2, Buffer.from(text))])),
          ),
          field(2, sample(value, timestampMs)),
        ]);
        return field(1, timeSeries);
      }),
    ),
  );
}

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

function sample(value: number, timestampMs: number): Buffer {
  const double = Buffer.alloc(9);
  double[0] = (1 << 3) | FIXED_64;
  double.writeDoubleLE(value, 1);
  return Buffer.concat([double, Buffer.from([(2 << 3) | VARINT]), varint(timestampMs)]);
}

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
