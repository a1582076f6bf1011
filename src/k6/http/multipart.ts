import { randomBytes } from 'node:crypto';
import { bytesOf } from '../runtime/bytes.ts';

/** A file to be uploaded, made by `http.file`. */
export class FileData {
  readonly data: string | ArrayBuffer | ArrayBufferView;
  readonly filename: string;
  readonly content_type: string;

  constructor(data: string | ArrayBuffer | ArrayBufferView, filename: string, contentType: string) {
    this.data = data;
    this.filename = filename;
    this.content_type = contentType;
  }
}

/** Encodes fields, some of them files, as `multipart/form-data`. */
export function encodeMultipart(fields: [name: string, value: unknown][]): {
  body: Uint8Array;
  contentType: string;
} {
  const boundary = randomBytes(30).toString('hex');
  const parts = fields.flatMap(([name, value]) => {
    const isFile = value instanceof FileData;
    const disposition = `form-data; name="${quoted(name)}"${isFile ? `; filename="${quoted(value.filename)}"` : ''}`;
    const type = isFile ? `Content-Type: ${value.content_type}\r\n` : '';
    const head = `--${boundary}\r\nContent-Disposition: ${disposition}\r\n${type}\r\n`;
    return [head, isFile ? bytesOf(value.data) : String(value), '\r\n'];
  });
  return {
    body: Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part))),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function quoted(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n]/g, '');
}
