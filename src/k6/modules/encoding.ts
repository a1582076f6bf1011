import type { K6Module } from './module.ts';

type Variant = 'std' | 'rawstd' | 'url' | 'rawurl';

/** `k6/encoding`: base64 in its four variants (`raw`: without padding). */
export const encodingModule: K6Module = () => ({
  b64encode(input: string | ArrayBuffer, variant?: string | null): string {
    const bytes = typeof input === 'string' ? Buffer.from(input, 'utf8') : Buffer.from(input);
    const padded = bytes.toString('base64');
    switch (variantOf(variant)) {
      case 'std':
        return padded;
      case 'rawstd':
        return padded.replace(/=+$/, '');
      case 'url':
        return padded.replaceAll('+', '-').replaceAll('/', '_');
      case 'rawurl':
        return bytes.toString('base64url');
    }
  },
  b64decode(input: string, encoding?: string | null, format?: string): string | ArrayBuffer {
    const variant = variantOf(encoding);
    const text = input.replaceAll(/[\r\n]/g, '');
    if (!WRITTEN[variant].test(text)) throw new Error(`illegal base64 data ("${variant}")`);
    const bytes = Buffer.from(text, variant.endsWith('url') ? 'base64url' : 'base64');
    return format === 's' ? bytes.toString('utf8') : new Uint8Array(bytes).buffer;
  },
});

/** What k6 does not know, `null` included, is `std` to it. */
const variantOf = (name: string | null | undefined): Variant =>
  name && Object.hasOwn(WRITTEN, name) ? (name as Variant) : 'std';

/** How each variant is written. */
const WRITTEN: Record<Variant, RegExp> = {
  std: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  rawstd: /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{0,3}$/,
  url: /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/,
  rawurl: /^(?:[A-Za-z0-9_-]{4})*[A-Za-z0-9_-]{0,3}$/,
};
