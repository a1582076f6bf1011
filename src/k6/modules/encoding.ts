import type { K6Module } from './module.ts';

type Variant = 'std' | 'rawstd' | 'url' | 'rawurl';

/** `k6/encoding`: base64 in its four variants (`raw`: without padding). */
export const encodingModule: K6Module = () => ({
  b64encode(input: string | ArrayBuffer, variant: Variant = 'std'): string {
    const bytes = typeof input === 'string' ? Buffer.from(input, 'utf8') : Buffer.from(input);
    const padded = bytes.toString('base64');
    switch (variant) {
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
  b64decode(input: string, variant: Variant = 'std', format?: string): string | ArrayBuffer {
    const bytes = Buffer.from(input, variant.endsWith('url') ? 'base64url' : 'base64');
    return format === 's' ? bytes.toString('utf8') : new Uint8Array(bytes).buffer;
  },
});
