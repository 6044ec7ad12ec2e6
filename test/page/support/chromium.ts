import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where Debian and others put it; CHROMIUM names another one. */
const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that the page is tried in; undefined where none is installed. */
export const CHROMIUM = PLACES.find((place) => place !== undefined && place !== '' && existsSync(place));

export function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('no Chromium is installed');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** A page of its own profile, and every complaint that the browser made about it: errors, refusals of its policy. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[]; attention: Attention }> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const attention = await attentionOf(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText ?? ''}`));
  await page.goto(url);
  return { page, complaints, attention };
}

/** While it is lost, the page is told nothing of what happens, as on a bad line; afterwards everything, in order. */
export interface Attention {
  lose(): void;
  regain(): void;
}

async function attentionOf(context: BrowserContext): Promise<Attention> {
  let isLost = false;
  const kept: (() => void)[] = [];
  await context.routeWebSocket('**/events', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (isLost) kept.push(() => socket.send(message));
      else socket.send(message);
    });
  });
  return {
    lose() {
      isLost = true;
    },
    regain() {
      isLost = false;
      for (const tell of kept.splice(0)) tell();
    },
  };
}
