import { expect, it } from 'vitest';
import { encodeMultipart, FileData } from './multipart.ts';

it('encodeMultipart writes fields and files between boundaries', () => {
  const file = new FileData(new Uint8Array([104, 105]), 'a\r\n"b"\\.txt', 'text/plain');
  const { body, contentType } = encodeMultipart([
    ['name', 7],
    ['up"load', file],
  ]);
  const [, boundary = ''] =
    /^multipart\/form-data; boundary=([0-9a-f]{60})$/.exec(contentType) ?? [];
  expect(Buffer.from(body).toString().replaceAll(boundary, 'B').split('\r\n')).toEqual([
    ...['--B', 'Content-Disposition: form-data; name="name"', '', '7', '--B'],
    'Content-Disposition: form-data; name="up\\"load"; filename="a\\"b\\"\\\\.txt"',
    ...['Content-Type: text/plain', '', 'hi', '--B--', ''],
  ]);
});
