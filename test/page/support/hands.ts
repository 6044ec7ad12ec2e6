import type { Page } from 'playwright-core';
import type { Screen } from './screens.ts';

/** On a narrow screen, brings that half to the front. */
export async function show(page: Page, { narrow }: Pick<Screen, 'narrow'>, half: 'Slack' | 'World'): Promise<void> {
  if (narrow) await page.getByRole('navigation', { name: 'Halves of the page' }).getByText(half).click();
}

/** Switches the fault whose name on the page begins so on, or off. */
export async function flip(page: Page, fault: string): Promise<void> {
  const opener = page.getByRole('button', { name: /^(Show|Hide) switches$/ });
  await opener.waitFor();
  if ((await opener.getAttribute('aria-expanded')) === 'false') await opener.click();
  const wanted = page.getByRole('switch', { name: new RegExp(`^${fault}`) }).first();
  const folded = page.getByRole('region', { name: 'Faults' }).locator('h3 button[aria-expanded="false"]');
  while ((await wanted.count()) === 0 && (await folded.count()) > 0) await folded.first().click();
  await wanted.click();
}

/** Types into the composer of the channel that is shown, and sends it. */
export async function say(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('combobox', { name: /Message/ });
  await composer.fill(text);
  await composer.press('Escape');
  await composer.press('Enter');
}

/** Presses the newest button of this label in Slack and, if it asks, the answer. */
export async function press(page: Page, label: string, answer?: string): Promise<void> {
  const slack = page.getByRole('region', { name: 'Slack', exact: true });
  await slack.getByRole('button', { name: label, exact: true }).last().click();
  if (answer !== undefined) {
    await page.locator('dialog[open]').getByRole('button', { name: answer, exact: true }).click();
  }
}

/** Who is typing from now on: `approver`. */
export async function become(page: Page, person: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(person, 'i') }).check({ force: true });
}

/** How fast the world goes on: `Pause`, `20 times`. */
export async function pace(page: Page, speed: string): Promise<void> {
  const radio = page.getByRole('radio', { name: new RegExp(`^${speed}`) });
  await radio.click({ force: true });
  // It is marked when the world has taken it.
  await radio.and(page.locator(':checked')).waitFor({ state: 'attached' });
}

/** Waits until this is read somewhere on the half that is shown. */
export async function read(page: Page, text: RegExp | string, timeout?: number): Promise<void> {
  await page
    .getByText(text)
    .first()
    .waitFor(timeout === undefined ? {} : { timeout });
}

/** Brings the top of a message to the top of what is shown, so that it is read as somebody reads it. */
export async function turnTo(page: Page, heading: RegExp): Promise<void> {
  await page
    .getByRole('heading', { name: heading })
    .last()
    .evaluate((element) => element.closest('article')?.scrollIntoView({ block: 'start' }));
}

/** Every click that the page sends from now on on a button of this action, and by whom. */
export function watchClicks(page: Page, action: string): { as: string }[] {
  const clicks: { as: string }[] = [];
  page.on('request', (request) => {
    if (!request.url().endsWith('/click')) return;
    const click = request.postDataJSON() as { as: string; action: string };
    if (click.action.startsWith(action)) clicks.push(click);
  });
  return clicks;
}
