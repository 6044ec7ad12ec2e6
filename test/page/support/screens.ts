import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

const IMAGES = fileURLToPath(new URL('../../../docs/images', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** LIFEBOAT_SCREENSHOTS=1 writes what README and docs show. */
const takesPictures = process.env.LIFEBOAT_SCREENSHOTS === '1';

/** How wide somebody looks at the page; on a narrow one its halves are two tabs. */
export interface Screen {
  name: string;
  width: number;
  height: number;
  narrow: boolean;
}

export const SCREENS: Screen[] = [
  { name: 'desktop', width: 1280, height: 900, narrow: false },
  { name: 'phone', width: 390, height: 844, narrow: true },
];

/** Keeps what is shown now as `docs/images/<name>-<screen>.png`, if pictures are asked for; fails if it is scrolled away. */
export async function keepPicture(page: Page, screen: Screen, name: string): Promise<void> {
  // Its halves scroll, the page never: the top bar would be gone.
  expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
  if (takesPictures) await page.screenshot({ path: `${IMAGES}/${name}-${screen.name}.png` });
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** What axe-core calls serious or critical, a line each with the elements concerned. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

/** Does `work`; should it fail, the error says too what the page showed then. */
export async function withEvidence(page: Page, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const shown = await page
      .locator('body')
      .ariaSnapshot({ timeout: 5000 })
      .catch(() => 'nothing: the page does not answer');
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}\n\nThe page showed:\n${shown.slice(0, 6000)}`, { cause: error });
  }
}
