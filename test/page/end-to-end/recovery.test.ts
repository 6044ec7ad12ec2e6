import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CHROMIUM, launchChromium, openPage } from '../support/chromium.ts';
import { become, flip, pace, press, read, say, show, turnTo, watchClicks } from '../support/hands.ts';
import { keepPicture, SCREENS, seriousFaults, withEvidence } from '../support/screens.ts';
import { createStateFolder, type Started, start } from '../support/started.ts';

/** Machine milliseconds that a step of the page may take while other tests run besides. */
const PATIENCE = 60_000;

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
      const { folder } = state;
      sandbox = await start(folder, '--speed', '20', '--no-open');
      const viewport = { width: screen.width, height: screen.height };
      const { page, complaints } = await openPage(browser, sandbox.url, { viewport, hasTouch: screen.narrow });
      page.setDefaultTimeout(PATIENCE);
      const other = await openPage(browser, sandbox.url, { viewport: { width: 1280, height: 900 } });
      other.page.setDefaultTimeout(PATIENCE);
      const look = (name: string) => keepPicture(page, screen, name);

      await withEvidence(page, async () => {
        await show(page, screen, 'World');
        await look('healthy');
        await flip(page, 'us-east-1');
        await read(page, 'us-east-1 does not answer');

        // A mistyped verb is answered to the one who typed it, with what was probably meant.
        await show(page, screen, 'Slack');
        await say(page, '/dr failovr chatbot');
        await read(page, /Did you mean/);

        await say(page, '/dr failover chatbot --reason "users see errors"');
        const approve = page.getByRole('button', { name: 'Approve', exact: true });
        await approve.first().waitFor();
        // People think while the world stands still; what they do is carried out all the same.
        await pace(page, 'Pause');
        await page.getByRole('button', { name: /^Become/ }).waitFor();
        await turnTo(page, /^Plan INC-1.p1/);
        await look('plan');
        expect(await seriousFaults(page)).toEqual([]);

        const clicks = watchClicks(page, 'dr:approve');
        // One's own approval is refused, and the plan goes on waiting.
        await press(page, 'Approve', 'Approve and start');
        await read(page, /second person|own plan/);
        await approve.first().waitFor();

        // Somebody else looks at the plan, and hears nothing of what follows.
        await become(other.page, 'commander');
        await other.page.getByRole('button', { name: 'Approve', exact: true }).first().waitFor();
        other.attention.lose();

        // A double click is one approval.
        await become(page, 'approver');
        await approve.last().click();
        await page.getByRole('button', { name: 'Approve and start' }).dblclick({ force: true });
        await read(page, /Recovering/);
        expect(clicks.map(({ as }) => as)).toEqual(['U0REQUESTER', 'U0APPROVER']);
        // The promotion takes two minutes and more: slow enough for it to be read of before it is over.
        await pace(page, '10 times');
        await read(page, /since the promotion began/);
        await turnTo(page, /^INC-1 /);
        await look('running');
        await pace(page, 'Pause');
        await show(page, screen, 'World');
        if (screen.narrow) await look('running-world');
        expect(await seriousFaults(page)).toEqual([]);

        // A late click, on what an old page still shows, finds the decision made.
        await press(other.page, 'Approve', 'Approve and start');
        await read(other.page, /changed in the meantime/);
        other.attention.regain();
        await read(other.page, /Recovering/);

        // Another failure on the way: a step fails, and people decide.
        await flip(page, 'DNS changes do not arrive');
        await pace(page, '20 times');
        await show(page, screen, 'Slack');
        await page.getByRole('button', { name: 'Skip…' }).first().waitFor({ timeout: 120_000 });
        await read(page, /stopped at: Move the DNS record/);
        await pace(page, 'Pause');
        await turnTo(page, /^INC-1 /);
        await look('paused');
        await become(page, 'commander');
        await press(page, 'Skip…');
        const dialog = page.getByRole('dialog', { name: 'Skip a step' });
        // A modal that is left empty stays open, and says what it wants.
        await dialog.getByRole('button', { name: 'Skip it' }).click();
        await dialog.getByRole('alert').first().waitFor();
        await look('empty-modal');
        expect(await seriousFaults(page)).toEqual([]);
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        await dialog.waitFor({ state: 'detached' });
        await pace(page, '20 times');

        // A reload loses nothing.
        await page.reload();
        await show(page, screen, 'World');
        await flip(page, 'DNS changes do not arrive');
        await show(page, screen, 'Slack');
        await press(page, 'Retry');

        await page.getByRole('button', { name: 'Yes, it works' }).first().waitFor({ timeout: 120_000 });
        await press(page, 'Yes, it works');
        await read(page, /Recovered .* after detection/);
        await press(page, 'Resolve', 'Resolve');
        await read(page, /Resolved by/);
        await turnTo(page, /^INC-1 /);
        await look('recovered');
        await show(page, screen, 'World');
        if (screen.narrow) await look('recovered-world');
        expect(await seriousFaults(page)).toEqual([]);

        // The narrowest telephone, in the dark: nothing is cut off, and everything can be read.
        const small = await openPage(browser, sandbox?.url ?? '', {
          viewport: { width: 360, height: 740 },
          hasTouch: true,
          colorScheme: 'dark',
        });
        small.page.setDefaultTimeout(PATIENCE);
        await read(small.page, /Resolved by/);
        for (const half of ['World', 'Slack'] as const) {
          await show(small.page, { narrow: true }, half);
          expect(await seriousFaults(small.page)).toEqual([]);
          expect(await small.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
        }
        expect(small.complaints).toEqual([]);
        await small.page.context().close();

        // Stopped and started again, the incident stands as it stood.
        await other.page.context().close();
        await page.goto('about:blank');
        await sandbox?.stop();
        sandbox = await start(folder, '--no-open');
        await page.goto(sandbox.url);
        await show(page, screen, 'Slack');
        await read(page, /Resolved by/);
      });
      expect(complaints).toEqual([]);
      expect(other.complaints).toEqual([]);
    },
    420_000,
  );
});
