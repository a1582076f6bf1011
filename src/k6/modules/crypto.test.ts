import { describe, expect, it } from 'vitest';
import { runOnce } from '../testing/run-once.ts';

describe('k6/crypto', () => {
  it('hashes and signs in every encoding', async () => {
    const { shown } = await runOnce(
      `
      show(['md5', 'sha1', 'ripemd160'].map((name) => crypto[name]('some text', 'hex')));
      show(['base64', 'base64url', 'base64rawurl'].map((encoding) => crypto.sha256('a?~', encoding)));
      show(crypto.hmac('sha256', 'key', 'some text', 'hex') === crypto.createHMAC('sha256', 'key').digest('hex'));
      const hasher = crypto.createHash('sha512_256');
      hasher.update('some ');
      hasher.update(new Uint8Array([116, 101, 120, 116]).buffer);
      show([hasher.digest('hex') === crypto.sha512_256('some text', 'hex'), hasher.digest('binary').byteLength]);
      show([crypto.hexEncode('hi'), crypto.randomBytes(7).byteLength]);
      crypto.createHash('sha3');`,
      { init: `import crypto from 'k6/crypto';` },
    );
    expect(shown).toEqual([
      [
        '552e21cd4cd9918678e3c1a0df491bc3',
        '37aa63c77398d954473262e1a0057c1e632eda77',
        '0ef90c4b2f48f361e7c5cbdb7839d2dd63e53b3d',
      ],
      [
        'lXipjKuGBsiiIP2hCy0jPS3QbndF+K0vITBBt/MdvuE=',
        'lXipjKuGBsiiIP2hCy0jPS3QbndF-K0vITBBt_MdvuE=',
        'lXipjKuGBsiiIP2hCy0jPS3QbndF-K0vITBBt_MdvuE',
      ],
      false,
      [true, 32],
      ['6869', 7],
      expect.stringContaining('invalid algorithm: sha3'),
    ]);
  });
});
