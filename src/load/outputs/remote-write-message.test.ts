import { expect, it } from 'vitest';
import { writeRequest } from './remote-write-message.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

it('a message is protobuf in a snappy block of literals', () => {
  const message = writeRequest(
    [{ name: 'k6_vus', type: 'gauge', labels: [['a', 'é']], value: 1 }],
    300,
  );
  expect(message).toEqual(
    Buffer.concat([
      // Snappy: the length of the content, then a literal with its length minus one.
      hex('2d f4 2c 00'),
      // The time series, then two labels in the order of their names.
      hex('0a 2b'),
      hex('0a 12  0a 08'),
      Buffer.from('__name__'),
      hex('12 06'),
      Buffer.from('k6_vus'),
      hex('0a 07  0a 01 61  12 02 c3 a9'),
      // The sample: a double, then the time as a varint.
      hex('12 0c  09 00 00 00 00 00 00 f0 3f  10 ac 02'),
    ]),
  );
});

it('a long message has several literals of at most 64 KiB', () => {
  const text = 'x'.repeat(100_000);
  const message = writeRequest([{ name: 'a', type: 'gauge', labels: [['b', text]], value: 1 }], 0);
  expect([...message.subarray(3, 6)]).toEqual([0xf4, 0xff, 0xff]);
  expect(message[3 + 3 + 65_536]).toBe(0xf4);
});
