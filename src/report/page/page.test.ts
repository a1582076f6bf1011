import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWithChromium } from '../../../test/chromium.ts';
import { evidenceOf, said, saleOf } from '../../../test/judge/story.ts';
import type { Evidence } from '../../checkers/evidence.ts';
import { judge } from '../../checkers/verdict.ts';
import type { RecordedPhase } from '../../history/recorded-phase.ts';
import { simulateSale } from '../../simulation/simulate-sale.ts';
import { drawSale } from '../pictures/sale-pictures.ts';
import { renderPage } from './page.ts';
import { describeHistory } from './page-content.ts';

const folder = mkdtempSync(join(tmpdir(), 'flashsale-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pageOf(evidence: Evidence): string {
  const verdict = judge(evidence);
  const history = { books: [], truncated: false, ...evidence };
  return renderPage(describeHistory(evidence.sale, verdict, drawSale(history, verdict)));
}

function fileOf(name: string, evidence: Evidence): string {
  const path = join(folder, name);
  writeFileSync(path, pageOf(evidence));
  return path;
}

const HOSTILE = `</script><img src=x onerror="document.title='fooled'">`;

const oversold = evidenceOf(saleOf({ scenario: HOSTILE, target: [HOSTILE] }), [
  said('reserve', HOSTILE, [0, 10], { hold: HOSTILE, requestId: HOSTILE }),
  said('reserve', 'bob', [5, 20], { hold: 'b', code: HOSTILE }),
]);
const sound = simulateSale({ seed: 3, buyers: 300, total: 40, arrivalRate: 300 }).evidence;
const ofLoad = (place: number, stage: string): RecordedPhase => ({
  ...{ scenario: 'buyers', stage },
  atNs: sound.sale.startedAtNs + place * 5e8,
  untilNs: sound.sale.startedAtNs + (place + 1) * 5e8,
});
const staged = { ...sound, phases: [ofLoad(0, 'to 50 VUs'), ofLoad(1, 'to 0 VUs')] };

it('begins with the verdict, and tells of each check', () => {
  const page = pageOf(sound);
  expect(page.indexOf('Valid: ')).toBeLessThan(page.indexOf('<main>'));
  for (const { name } of judge(sound).checks) expect(page).toContain(`id="${name}"`);
});

it('shows the witness of a check that is broken, before all else', () => {
  const page = pageOf(oversold);
  expect(page).toContain('Why never-oversold is broken');
  expect(page.indexOf('Why never-oversold')).toBeLessThan(page.indexOf('Over time'));
});

it('names nothing outside of itself', () => {
  const withoutPrograms = pageOf(sound).replace(/<script>[\s\S]*?<\/script>/g, '');
  expect(withoutPrograms).not.toMatch(/(src|href)="(?!#|data:)/);
});

describeWithChromium('in a browser', (open) => {
  it.each([
    { width: 360, colorScheme: 'dark' },
    { width: 1_280, colorScheme: 'light' },
    { width: 800, media: 'print' },
  ] as const)('draws every chart and fits into the page: %o', async (options) => {
    const { page, complaints, requests } = await open(fileOf('sound.html', sound), options);
    const places = await page.locator('[data-chart]').count();
    expect(places).toBeGreaterThan(3);
    expect(await page.locator('[data-chart] canvas').count()).toBe(places);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      options.width,
    );
  });

  it('paints the phases of the load above the charts of time', async () => {
    const { page, complaints } = await open(fileOf('phases.html', staged), { width: 360 });
    const alphas = await page.evaluate<number[]>(`
      const canvas = document.querySelector('[data-chart] canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 14, canvas.width, 1);
      [...data].filter((_, place) => place % 4 === 3 && data[place] > 0);
    `);
    // Two stages, each in a shade of its own, side by side over half of the chart at least.
    expect(new Set(alphas).size).toBeGreaterThanOrEqual(2);
    expect(alphas.length).toBeGreaterThan(80);
    expect(complaints).toEqual([]);
  });

  it('draws the charts again when the colours change', async () => {
    const { page, complaints } = await open(fileOf('theme.html', sound), { width: 800 });
    await page.emulateMedia({ colorScheme: 'dark' });
    const places = await page.locator('[data-chart]').count();
    expect(await page.locator('[data-chart] canvas').count()).toBe(places);
    expect(complaints).toEqual([]);
  });

  it('shows texts of a server as texts, whatever they are', async () => {
    const { page, complaints, requests } = await open(fileOf('hostile.html', oversold), {
      width: 800,
    });
    expect(await page.title()).not.toBe('fooled');
    expect(await page.locator('h1').textContent()).toBe(HOSTILE);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
  });
});
