import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { canTestWith, pathOf } from './services.ts';

/** A page that is open in a browser, and everything that it complained of or asked for. */
export interface OpenPage {
  page: Page;
  complaints: string[];
  requests: string[];
}

export interface OpenOptions {
  width: number;
  colorScheme?: 'light' | 'dark';
  media?: 'screen' | 'print';
}

/**
 * A block of tests that open pages in a headless Chromium; skipped without Chromium.
 *
 * @param tests gets a function that opens the file of a path; the page is closed with the browser
 */
export function describeWithChromium(
  name: string,
  tests: (open: (path: string, options: OpenOptions) => Promise<OpenPage>) => void,
): void {
  if (!canTestWith('chromium')) {
    describe.skip(`${name} (skipped: needs chromium, see CONTRIBUTING.md)`, () => tests(open));
    return;
  }
  let browser: Browser | undefined;
  async function open(
    path: string,
    { width, colorScheme = 'light', media = 'screen' }: OpenOptions,
  ): Promise<OpenPage> {
    const page = await (browser as Browser).newPage({
      viewport: { width, height: 900 },
      colorScheme,
    });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.emulateMedia({ media });
    await page.goto(`file://${path}`);
    return { page, complaints, requests };
  }
  describe(name, () => {
    beforeAll(async () => {
      // The sandbox of Chromium does not run as root, as CI often is; the pages are the test's own.
      browser = await chromium.launch({
        executablePath: pathOf('chromium'),
        args: ['--no-sandbox'],
      });
    });
    afterAll(() => browser?.close());
    tests(open);
  });
}
