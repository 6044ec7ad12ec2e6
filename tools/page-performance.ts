/**
 * `node tools/page-performance.ts [messages] [calls]`: how fluent the sandbox's page stays with a channel of 1,000
 * messages and a log of 10,000 calls. Needs Node 24 (`npx node …` has it) and Chromium; CHROMIUM names one that is in no
 * usual place.
 *
 * It starts a sandbox and takes its snapshot, crowds it with what the bot really sends (the gallery's messages) and
 * with the calls that were made at the start, and plays that to the built page in a browser without a window. For each
 * thing that somebody does there it prints a line: the time from one frame to the next (median, 95th percentile,
 * longest), how many tasks kept the page busy for more than 50 ms and the longest of them, and, where keys or clicks
 * are part of it, the longest time until one of them was to be seen. All times are machine milliseconds. The first
 * line is the page at rest: what the machine itself is capable of while it does other things besides.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildPage } from '../sandbox/control/page.ts';
import type { Snapshot } from '../sandbox/control/wire.ts';
import { launchChromium, openPage } from '../test/page/support/chromium.ts';
import { start } from '../test/page/support/started.ts';
import { buildGallery } from './gallery/build.ts';
import { callAt, crowded, messageAt, tick } from './page-performance/crowded.ts';
import { type Served, serve } from './page-performance/serve.ts';

interface Measured {
  frames: number[];
  /** Those of more than 50 ms, as the browser itself tells them. */
  tasks: number[];
  /** From a key or a click until it was to be seen, when that took more than 16 ms. */
  keys: number[];
}

const MESSAGE_LIST = '[data-pane="channel"] [role="log"]';
const CALL_LIST = 'div:has(> [aria-label^="API calls"])';
// Plain selectors: to look for roles and names in so large a document takes longer than what is measured.
const CONVERSATIONS = 'nav[aria-label="Conversations"] ul:first-of-type li';
/** CSS pixels with each frame: a swift swipe. */
const SWIPE = 600;
/** Milliseconds for which something is let happen. */
const DURATION = 8000;

const [messages = 1000, calls = 10_000] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'lifeboat-performance-'));
const browser = await launchChromium();
try {
  await buildPage(join(folder, 'page'));
  const recorded = await record(join(folder, 'state'));
  const { gallery } = await buildGallery();
  const items = gallery.groups.flatMap((group) => group.items);
  const snapshot = crowded(recorded, items, messages, calls);
  const served = await serve(join(folder, 'page'), snapshot);
  try {
    const scheme = { viewport: { width: 1280, height: 900 }, reducedMotion: 'no-preference' as const };
    const { page, complaints } = await openPage(browser, 'about:blank', scheme);
    await page.addInitScript({ path: join(import.meta.dirname, 'page-performance', 'in-page.js') });
    const rows = await measureAll(page, served, snapshot, items);
    console.log(`${messages.toLocaleString('en')} messages, ${calls.toLocaleString('en')} calls; milliseconds`);
    console.table(rows);
    if (complaints.length > 0) throw new Error(`the browser complained:\n${complaints.join('\n')}`);
  } finally {
    await served.close();
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** What a healthy sandbox tells of itself. */
async function record(state: string): Promise<Snapshot> {
  const sandbox = await start(state, '--no-open');
  try {
    const answer = await fetch(`${sandbox.url}state`);
    return (await answer.json()) as Snapshot;
  } finally {
    await sandbox.stop();
  }
}

async function measureAll(page: Page, served: Served, snapshot: Snapshot, items: Parameters<typeof messageAt>[3]) {
  const rows: Record<string, ReturnType<typeof summary>> = {};
  const during = async (name: string, work: () => Promise<unknown>) => {
    rows[name] = summary(await watchWhile(page, work));
    await rest(page);
  };
  const now = snapshot.clock.now;
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
    served.tell(tick(snapshot, now + ticks * 500 * snapshot.clock.speed));
  }, 500);
  let said = 0;
  const say = () => {
    said += 1;
    const message = messageAt(said, now + said * 1000, snapshot, items);
    served.tell({ type: 'slack', change: { type: 'message', message } });
  };
  const answer = (count: number) => {
    const more = Array.from({ length: count }, (_, index) => callAt(index, now + index, snapshot));
    served.tell({ type: 'calls', calls: more });
  };
  try {
    await page.goto(served.url);
    await page.locator(MESSAGE_LIST).waitFor();
    await rest(page);
    await during('at rest', () => page.waitForTimeout(DURATION));
    await during('scrolling through the messages', () => scrollThrough(page, MESSAGE_LIST));
    await during('scrolling through them again', () => scrollThrough(page, MESSAGE_LIST));
    await during('10 messages a second, read at the end', () => every(100, say));
    await page.locator(MESSAGE_LIST).evaluate((list) => {
      list.scrollTop = list.scrollHeight / 2;
    });
    await rest(page);
    await during('10 messages a second, read in the middle', () => every(100, say));
    await during('typing a command', async () => {
      await page.locator('[data-pane="channel"] textarea').click();
      await page.keyboard.type('/dr failover chatbot --reason "users see errors"', { delay: 80 });
    });
    await page.locator('[data-pane="channel"] textarea').fill('');
    await during('opening another channel, and this one again', async () => {
      await page.locator(`${CONVERSATIONS}:nth-child(2) button`).click();
      await rest(page);
      await page.locator(`${CONVERSATIONS}:nth-child(1) button`).click();
      await rest(page);
    });
    await during('being somebody else', async () => {
      await page.locator('label:nth-child(2) > [name="who-is-typing"]').click();
      await rest(page);
    });
    await page.locator(CALL_LIST).scrollIntoViewIfNeeded();
    await rest(page);
    await during('scrolling through the calls', () => scrollThrough(page, CALL_LIST));
    await during('40 calls a second, read at the end', () => every(50, () => answer(2)));
    await during('filtering the calls', async () => {
      await page.locator('[aria-label="Filter by text"]').click();
      await page.keyboard.type('us-west-2', { delay: 80 });
    });
  } finally {
    clearInterval(ticking);
  }
  return rows;
}

/** Calls `work` every so many milliseconds for as long as something is let happen. */
async function every(milliseconds: number, work: () => void): Promise<void> {
  const timer = setInterval(work, milliseconds);
  await new Promise((resolve) => setTimeout(resolve, DURATION));
  clearInterval(timer);
}

async function watchWhile(page: Page, work: () => Promise<unknown>): Promise<Measured> {
  await page.evaluate('globalThis.stopWatching = pageMeasure.watch()');
  await work();
  return page.evaluate('stopWatching()');
}

async function scrollThrough(page: Page, selector: string): Promise<void> {
  await page.evaluate(`pageMeasure.scrollThrough(${JSON.stringify(selector)}, ${SWIPE})`);
}

/** Until the page has nothing left to do. */
async function rest(page: Page): Promise<void> {
  await page.evaluate('pageMeasure.settled()');
}

function summary({ frames, tasks, keys }: Measured) {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
  return {
    frames: frames.length,
    p50: at(0.5),
    p95: at(0.95),
    worst: at(1),
    'tasks > 50': tasks.length,
    'longest task': round(Math.max(0, ...tasks)),
    'slowest key': keys.length > 0 ? round(Math.max(...keys)) : '',
  };
}

function round(milliseconds = 0): number {
  return Math.round(milliseconds * 10) / 10;
}
