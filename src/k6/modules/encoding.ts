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
    if (!SYNTAX[variant].test(text)) throw new Error(`illegal base64 data ("${variant}")`);
    const bytes = Buffer.from(text, variant.endsWith('url') ? 'base64url' : 'base64');
    return format === 's' ? bytes.toString('utf8') : new Uint8Array(bytes).buffer;
  },
});

/** The variant of a name. As in k6, an unknown name and `null` mean `std`. */
const variantOf = (name: string | null | undefined): Variant =>
  name && Object.hasOwn(SYNTAX, name) ? (name as Variant) : 'std';

/** The texts that each variant allows. */
const SYNTAX: Record<Variant, RegExp> = {
  std: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  rawstd: /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{0,3}$/,
  url: /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/,
  rawurl: /^(?:[A-Za-z0-9_-]{4})*[A-Za-z0-9_-]{0,3}$/,
};
