import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, launchChromium, openPage } from '../support/chromium.ts';
import { seriousFaults } from '../support/screens.ts';
import { type Drawn, drawn } from './drawn.ts';
import { KIT } from './kit.ts';

// The machine may be busy with other tests.
let gallery: Drawn;
let browser: Browser;

const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser('the gallery in a browser', () => {
  beforeAll(async () => {
    gallery = await drawn(KIT);
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await gallery.remove();
  });

  /** The gallery as a file. */
  const open = (search = '', width = 1280) =>
    openPage(browser, `${gallery.url}${search}`, {
      viewport: { width, height: 900 },
    });

  it('opens as a file, and asks for nothing', async () => {
    const { page, complaints } = await open();

    await page.getByRole('article', { name: 'Skip a step' }).getByRole('figure').first().scrollIntoViewIfNeeded();

    expect(await page.getByRole('article').count()).toBe(6);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('goes to the message that a link names', async () => {
    const { page } = await open('#modal');

    await page.locator('#modal:target').waitFor();
    await page.waitForFunction(
      "(() => { const { top } = document.querySelector('#modal').getBoundingClientRect(); return top >= 0 && top < innerHeight; })()",
    );
    await page.context().close();
  });

  it('opens under the policy of the sandbox’s page', async () => {
    await using served = await gallery.serve();
    const { page, complaints } = await openPage(browser, served.url);

    await page.getByRole('button', { name: 'Approve', exact: true }).first().click();

    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('has no serious fault of accessibility (%s, %i px), and fits', async (scheme, width) => {
    const { page } = await open(`?scheme=${scheme}`, width);
    await page.emulateMedia({ colorScheme: scheme });
    for (const summary of await page.locator('details > summary').all()) await summary.click();

    const faults = await seriousFaults(page);

    expect(faults).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.context().close();
  });

  it('asks before it acts: Escape is no, and the focus comes back', async () => {
    const { page } = await open('?width=desktop');
    const approve = page.getByRole('button', { name: 'Approve', exact: true });
    const dialog = page.getByRole('dialog', { name: 'Approve plan INC-1.p1?' });

    await approve.press('Enter');
    const focused = await page.evaluate('document.activeElement.textContent');
    await page.keyboard.press('Escape');

    expect(focused).toBe('Not yet');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Approve');
    await approve.click();
    await dialog.getByRole('button', { name: 'Approve and start' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it.each([
    ['a second press', (page: Page) => page.getByRole('button', { name: 'More actions' }).nth(1).click()],
    ['Escape', (page: Page) => page.keyboard.press('Escape')],
    ['a click beside it', (page: Page) => page.mouse.click(5, 5)],
  ])('closes an open menu with %s', async (_name, close) => {
    const { page } = await open('?width=desktop');
    const trigger = page.getByRole('button', { name: 'More actions' }).nth(1);
    await trigger.click();
    await page.getByRole('menu').waitFor();

    await close(page);

    // Hidden by the browser at once, and taken away by the page a moment later.
    await page.locator('[popover]').waitFor({ state: 'detached' });
    expect(await trigger.getAttribute('aria-expanded')).toBe('false');
    await page.context().close();
  });

  it('keeps an open menu beside its button while the page scrolls', async () => {
    const { page } = await open('?width=desktop');
    await page.getByRole('button', { name: 'More actions' }).nth(1).click();
    await page.getByRole('menu').waitFor();
    const before = Number(await page.evaluate('scrollY'));

    await page.evaluate('scrollBy(0, -70)');

    await page.waitForFunction(
      `(() => {
        const trigger = document.querySelector('[aria-expanded="true"]').getBoundingClientRect();
        const popup = document.querySelector('[popover]').getBoundingClientRect();
        return scrollY !== ${before} && Math.abs(popup.top - trigger.bottom) < 6;
      })()`,
    );
    await page.context().close();
  });

  it('chooses several out of a menu, on a narrow screen too', async () => {
    const { page } = await open('?width=phone', 360);
    const trigger = page.getByRole('button', { name: 'Which regions?' });
    await trigger.click();

    await page.getByRole('checkbox', { name: 'US West' }).check();
    await page.getByRole('checkbox', { name: 'Frankfurt' }).check();
    const box = await page.locator('[popover]').boundingBox();
    await page.keyboard.press('Escape');

    await page.locator('[popover]').waitFor({ state: 'detached' });
    expect(await trigger.textContent()).toBe('US WestFrankfurt');
    expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true);
    await page.context().close();
  });

  it('is touched with fingers where it is narrow', async () => {
    const { page } = await open('?width=phone');
    const heights = async () => {
      const buttons = await page.getByRole('article', { name: 'Buttons and menus' }).locator('button, select, a').all();
      const boxes = await Promise.all(buttons.slice(1).map((button) => button.boundingBox()));
      return boxes.map((box) => Math.round(box?.height ?? 0));
    };

    expect(Math.min(...(await heights()))).toBeGreaterThanOrEqual(40);
    await page.context().close();
  });
});
