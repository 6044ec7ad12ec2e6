import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CHROMIUM, launchChromium, openPage } from '../support/chromium.ts';
import { seriousFaults } from '../support/screens.ts';
import { type Drawn, drawn } from './drawn.ts';

// Two hundred messages, each at two widths, are judged at once.
jest.setTimeout(180_000);

let browser: Browser;
let gallery: Drawn;

// Counted as skipped where no Chromium is installed; .ci/run installs one.
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser('the gallery of the bot’s messages', () => {
  beforeAll(async () => {
    gallery = await drawn();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await gallery?.remove();
  });

  it.each(['light', 'dark'] as const)(
    'has no serious fault of accessibility, and no complaint (%s)',
    async (scheme) => {
      await using served = await gallery.serve();
      const { page, complaints } = await openPage(browser, 'about:blank', {
        viewport: { width: 900, height: 900 },
        colorScheme: scheme,
      });
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      await page.goto(`${served.url}?scheme=${scheme}&width=phone`);
      // What is out of sight is not laid out, and so would not be judged.
      await page.evaluate(
        "document.styleSheets[0].insertRule('article { content-visibility: visible !important }', 0)",
      );
      await page.evaluate("document.querySelectorAll('details').forEach((folded) => (folded.open = true))");

      const faults = await seriousFaults(page);

      expect(await page.locator('details:not([open])').count()).toBe(0);
      expect(await page.getByRole('article').count()).toBe(Number(/^\d+/.exec(gallery.said)?.[0]));
      expect(faults).toEqual([]);
      expect([...complaints, ...said]).toEqual([]);
      await page.context().close();
    },
  );

  it('shows nothing that Slack or PagerDuty would refuse', async () => {
    const { page } = await openPage(browser, gallery.url);

    expect(await page.getByText(/refuses \d/).count()).toBe(0);
    await page.context().close();
  });
});
