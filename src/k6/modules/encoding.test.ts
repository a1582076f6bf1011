import { describe, expect, it } from 'vitest';
import { runOnce } from '../testing/run-once.ts';

describe('k6/encoding', () => {
  it('encodes and decodes base64', async () => {
    const { shown } = await runOnce(`
      show(['std', 'rawstd', 'url', 'rawurl'].map((v) => encoding.b64encode('\\u00fb\\u00ff?', v)));
      show(encoding.b64decode('aMOp', null, 's'));
      show(new Uint8Array(encoding.b64decode('aGk=')).join());
      show(new Uint8Array(encoding.b64decode('aGk', 'rawstd')).join());
      encoding.b64decode('aGk');
    `);
    expect(shown).toEqual([
      ['w7vDvz8=', 'w7vDvz8', 'w7vDvz8=', 'w7vDvz8'],
      'hé',
      '104,105',
      '104,105',
      expect.stringContaining('illegal base64 data'),
    ]);
  });
});
