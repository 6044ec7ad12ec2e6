import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, launchChromium, openPage } from '../support/chromium.ts';
import { createStateFolder, type Started, start } from '../support/started.ts';

const IMAGES = fileURLToPath(new URL('../../../docs/images', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Machine milliseconds that a step of the page may take while other tests run besides. */
const PATIENCE = 60_000;

interface Screen {
  name: string;
  width: number;
  height: number;
  narrow: boolean;
}

const SCREENS: Screen[] = [
  { name: 'desktop', width: 1280, height: 900, narrow: false },
  { name: 'phone', width: 390, height: 844, narrow: true },
];

/** LIFEBOAT_SCREENSHOTS=1 writes what README and docs show. */
const takesPictures = process.env.LIFEBOAT_SCREENSHOTS === '1';

let browser: Browser;
let sandbox: Started | undefined;
let state: Awaited<ReturnType<typeof createStateFolder>> | undefined;

// Counted as skipped where no Chromium is installed; .ci/run installs one.
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser('a recovery on the page', () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  afterEach(async () => {
    await sandbox?.stop();
    await state?.remove();
    sandbox = undefined;
    state = undefined;
  });

  it.each(SCREENS)(
    'is carried through with clicks and typing, also wrong ones ($name)',
    async (screen) => {
      state = await createStateFolder();
      sandbox = await start(state.folder, '--speed', '20', '--no-open');
      const viewport = { width: screen.width, height: screen.height };
      const { page, complaints } = await openPage(browser, sandbox.url, { viewport, hasTouch: screen.narrow });
      page.setDefaultTimeout(PATIENCE);
      const other = await openPage(browser, sandbox.url, { viewport: { width: 1280, height: 900 } });
      const look = (name: string) => picture(page, screen, name);

      await show(page, screen, 'World');
      await look('healthy');
      await switchOn(page, 'us-east-1');
      await page.getByText('us-east-1 does not answer').first().waitFor();

      // A mistyped verb is answered to the one who typed it, with what was probably meant.
      await show(page, screen, 'Slack');
      await type(page, '/dr failovr chatbot');
      await page
        .getByText(/Did you mean/)
        .first()
        .waitFor();

      await type(page, '/dr failover chatbot --reason "users see errors"');
      const approve = page.getByRole('button', { name: 'Approve', exact: true });
      await approve.first().waitFor();
      await look('plan');
      await expectNoSeriousFaults(page);

      // One's own approval is refused, and the plan goes on waiting.
      await press(page, 'Approve', 'Approve and start');
      await page
        .getByText(/second person|own plan/)
        .first()
        .waitFor();
      await approve.first().waitFor();

      await become(page, 'approver');
      // A double click is one approval.
      await approve.last().click();
      await page.getByRole('button', { name: 'Approve and start' }).dblclick({ force: true });
      await page
        .getByText(/Recovering/)
        .first()
        .waitFor();
      await look('running');
      await show(page, screen, 'World');
      await look('running-world');
      await expectNoSeriousFaults(page);

      // A late click, on what another browser still shows, finds the decision made.
      await other.page
        .getByText(/Recovering/)
        .first()
        .waitFor({ timeout: PATIENCE });

      // A reload loses nothing.
      await page.reload();
      await show(page, screen, 'Slack');
      await page
        .getByText(/Recovering|A person must check/)
        .first()
        .waitFor();

      await page.getByRole('button', { name: 'Yes, it works' }).first().waitFor({ timeout: 120_000 });
      await press(page, 'Yes, it works');
      await page
        .getByText(/recovered/i)
        .first()
        .waitFor();
      await look('recovered');
      await show(page, screen, 'World');
      await look('recovered-world');
      await expectNoSeriousFaults(page);

      // Stopped and started again, the incident stands as it stood.
      await other.page.context().close();
      await page.goto('about:blank');
      await sandbox.stop();
      sandbox = await start(state.folder, '--no-open');
      await page.goto(sandbox.url);
      await show(page, screen, 'Slack');
      await page
        .getByText(/recovered/i)
        .first()
        .waitFor();
      expect(complaints).toEqual([]);
      expect(other.complaints).toEqual([]);
    },
    300_000,
  );
});

/** On a narrow screen, brings that half to the front. */
async function show(page: Page, { narrow }: Screen, half: 'Slack' | 'World'): Promise<void> {
  if (narrow) await page.getByRole('navigation', { name: 'Halves of the page' }).getByText(half).click();
}

async function switchOn(page: Page, region: string): Promise<void> {
  const opener = page.getByRole('button', { name: 'Show switches' });
  if (await opener.isVisible()) await opener.click();
  await page
    .getByRole('switch', { name: new RegExp(`^${region}`) })
    .first()
    .click();
}

async function type(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('combobox', { name: /Message/ });
  await composer.fill(text);
  await composer.press('Escape');
  await composer.press('Enter');
}

async function press(page: Page, label: string, yes?: string): Promise<void> {
  await page.getByRole('button', { name: label, exact: true }).last().click();
  if (yes !== undefined) await page.getByRole('button', { name: yes }).click();
}

async function become(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(name, 'i') }).check({ force: true });
}

async function picture(page: Page, screen: Screen, name: string): Promise<void> {
  if (takesPictures) await page.screenshot({ path: `${IMAGES}/${name}-${screen.name}.png` });
}

/** No fault of accessibility that axe-core calls serious or critical. */
async function expectNoSeriousFaults(page: Page): Promise<void> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const serious = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }).axe;
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
  expect(serious).toEqual([]);
}

interface AxeViolation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}
