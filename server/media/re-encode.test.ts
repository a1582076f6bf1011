import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readBase64 } from './image.ts';
import { reEncode } from './re-encode.ts';

// Made before anything is re-encoded, because that leaves the library no decoders but those of the server.
const plain = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: '#c00' },
    limitInputPixels: false,
  });
const withExif = plain(40, 20).withExif({ IFD0: { Copyright: 'Ann, of 7 Mill Lane' } });
const FILES = {
  jpeg: await withExif.clone().jpeg().toBuffer(),
  png: await withExif.clone().png().toBuffer(),
  webp: await withExif.clone().webp().toBuffer(),
  gif: await plain(40, 20).gif().toBuffer(),
  tiff: await plain(40, 20).tiff().toBuffer(),
  avif: await plain(40, 20).avif({ effort: 0 }).toBuffer(),
  // As a camera that was held upright writes it.
  turned: await plain(40, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  cmyk: await plain(40, 20).toColourspace('cmyk').jpeg().toBuffer(),
  transparent: await sharp({
    create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer(),
  large: await plain(3200, 100).jpeg().toBuffer(),
  bomb: await plain(6_000, 6_000).png().toBuffer(),
  long: await plain(12_001, 1).png().toBuffer(),
  svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
};
const [first, second] = await Promise.all(
  ['#f00', '#00f'].map((background) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toBuffer(),
  ),
);
const animated = await sharp([first as Buffer, second as Buffer], { join: { animated: true } })
  .webp({ lossless: true })
  .toBuffer();

const shown = async (file: Buffer) => {
  const made = await reEncode(file);
  if (made.outcome === 'refused') throw new Error(made.why);
  return { ...made.image, ...(await sharp(made.image.bytes).metadata()) };
};
const whyRefused = async (file: Buffer) => {
  const made = await reEncode(file);
  return made.outcome === 'refused' ? made.why : 'it was taken';
};

describe('S3.2 an image that is sent', () => {
  it.each(['jpeg', 'png', 'webp'] as const)(
    'as %s is shown as WebP, without its metadata',
    async (format) => {
      expect(FILES[format].includes('Mill Lane')).toBe(true);
      const image = await shown(FILES[format]);
      expect(image).toMatchObject({ format: 'webp', width: 40, height: 20, space: 'srgb' });
      expect([image.exif, image.icc, image.xmp]).toEqual([undefined, undefined, undefined]);
      expect(image.bytes.includes('Mill Lane')).toBe(false);
    },
  );

  it('is turned as the camera was held', async () => {
    expect(await shown(FILES.turned)).toMatchObject({ width: 20, height: 40 });
  });

  it('in the colours of a printer gets those of a screen', async () => {
    expect((await sharp(FILES.cmyk).metadata()).space).toBe('cmyk');
    const { bytes, space } = await shown(FILES.cmyk);
    const { dominant } = await sharp(bytes).stats();
    expect([space, dominant.r > 150, dominant.b < 60]).toEqual(['srgb', true, true]);
  });

  it('keeps what is transparent', async () => {
    expect((await shown(FILES.transparent)).hasAlpha).toBe(true);
  });

  it('is made smaller, and never larger', async () => {
    expect(await shown(FILES.large)).toMatchObject({ width: 1600, height: 50 });
    expect(await shown(FILES.png)).toMatchObject({ width: 40, height: 20 });
  });

  it('as an animation is shown as its first frame', async () => {
    expect((await sharp(animated).metadata()).pages).toBe(2);
    const { bytes, pages } = await shown(animated);
    const { dominant } = await sharp(bytes).stats();
    expect([pages, dominant.r > 200, dominant.b < 60]).toEqual([undefined, true, true]);
  });

  it.each(['gif', 'tiff', 'avif', 'svg'] as const)('as %s is refused', async (format) => {
    expect(await whyRefused(FILES[format])).toBe('is no JPEG, PNG or WebP image by its content');
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['a text', Buffer.from('hello')],
    ['a page', Buffer.from('<html><script>alert(1)</script></html>')],
  ])('is refused as %s', async (_, file) => {
    expect(await whyRefused(file)).toContain('no JPEG');
  });

  it('is refused where only its first bytes are those of an image', async () => {
    const svg = Buffer.concat([FILES.png.subarray(0, 8), FILES.svg]);
    expect(await whyRefused(svg)).toContain('cannot be read');
    const page = Buffer.concat([
      FILES.jpeg.subarray(0, 3),
      Buffer.from('<script>alert(1)</script>'),
    ]);
    expect(await whyRefused(page)).toContain('cannot be read');
  });

  it.each(['jpeg', 'png', 'webp'] as const)(
    'as %s is refused where it is cut off',
    async (format) => {
      const file = FILES[format];
      for (const share of [0.5, 0.9]) {
        const cut = file.subarray(0, Math.floor(file.length * share));
        expect(await whyRefused(cut)).toMatch(/cannot be read|cut off/);
      }
    },
  );

  it('loses what stands behind it', async () => {
    const both = Buffer.concat([FILES.jpeg, Buffer.from('<script>alert(1)</script>')]);
    expect((await shown(both)).bytes.includes('script')).toBe(false);
  });

  it('is refused by its dimensions, before anything is decoded', async () => {
    expect(FILES.bomb.length).toBeLessThan(1_000_000);
    expect(await whyRefused(FILES.bomb)).toContain('is 6000 × 6000 pixels');
    expect(await whyRefused(FILES.long)).toContain('no side may have more than 12000');
  });
});

it.each([
  ['aGVsbG8=', 'hello'],
  ['aGk=', 'hi'],
  ['', ''],
])('reads %s as base64', (text, bytes) => {
  expect(readBase64(text)?.toString()).toBe(bytes);
});

it.each(['aGVsbG8', 'aGVs bG8=', 'aGVsbG8!', 'data:image/png;base64,aGk=', 'a', '=='])(
  'does not read %s as base64',
  (text) => {
    expect(readBase64(text)).toBeUndefined();
  },
);
