import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanup, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { GalleryPage } from '../../../sandbox/page/src/gallery/gallery-page.tsx';
import { verdictOf } from '../../../sandbox/page/src/gallery/verdict.ts';
import { KIT } from './kit.ts';

afterEach(cleanup);

const exhibit = (name: string) => within(screen.getByRole('article', { name }));

describe('the gallery', () => {
  it('lists every message, says what is to be done, and draws it on a telephone and at a desk', () => {
    render(<GalleryPage gallery={KIT} />);

    const index = within(screen.getByRole('navigation', { name: 'Messages' }));
    expect(index.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
      '#text',
      '#controls',
      '#plans',
      '#rich',
      '#modal',
      '#refused',
    ]);
    expect(screen.getByText(/6 messages, made 2026-11-21 12:30:00 UTC/)).toBeTruthy();
    expect(exhibit('Text').getByText(/Approve or reject plan INC-1.p1/)).toBeTruthy();
    expect(
      exhibit('Text')
        .getAllByRole('figure', { name: /^(On|At) a/ })
        .map((frame) => frame.getAttribute('aria-label')),
    ).toEqual(['On a telephone', 'At a desk']);
  });

  it('shows the notification as a locked telephone does, without marks', () => {
    render(<GalleryPage gallery={KIT} />);

    expect(exhibit('Text').getByText('Text: read by @Ada Approver')).toBeTruthy();
  });

  it('says how much of Slack’s limits is used, and what Slack would refuse', () => {
    render(<GalleryPage gallery={KIT} />);

    expect(exhibit('Text').getByText('9 of 50 blocks')).toBeTruthy();
    expect(exhibit('Text').getByText(/ of 13,200 characters/)).toBeTruthy();
    expect(exhibit('Text').getByText('✓ Slack takes it')).toBeTruthy();
    expect(exhibit('Skip a step').getByText('10 of 100 blocks')).toBeTruthy();
    expect(exhibit('Unknown').getByText(/Slack refuses it/).textContent).toContain('unsupported type: hologram');
    expect(screen.getByText(/Slack refuses 1/)).toBeTruthy();
    expect(exhibit('Unknown').getAllByText('cannot be shown here: hologram')).toHaveLength(2);
  });

  it('marks who sees a message, and draws what stands in for it', () => {
    render(<GalleryPage gallery={KIT} />);

    expect(exhibit('Buttons and menus').getAllByText('Only visible to you')).toHaveLength(2);
    expect(exhibit('Plans').getByText('Instead: text')).toBeTruthy();
    expect(exhibit('Plans').getByText('13 of 40,000 characters')).toBeTruthy();
  });

  it('can be narrowed to one width and one scheme', async () => {
    const user = userEvent.setup();
    render(<GalleryPage gallery={KIT} />);

    await user.click(screen.getByRole('radio', { name: 'Telephone' }));
    await user.click(screen.getByRole('radio', { name: 'Dark' }));

    const frames = exhibit('Rich text').getAllByRole('figure');
    expect(frames).toHaveLength(1);
    expect(frames[0]?.dataset).toMatchObject({ width: 'phone', scheme: 'dark' });
  });
});

describe('a verdict', () => {
  it.each([
    ['words alone', 'INC-1', []],
    ['nothing at all', '', ['no_text']],
    ['more words than Slack shows', 'x'.repeat(40_001), ['msg_too_long']],
  ])('of %s', (_name, text, refusal) => {
    expect(verdictOf({ text, blocks: [] }, 'message')).toEqual({
      by: 'Slack',
      blocks: undefined,
      characters: { used: text.length, most: 40_000 },
      refusal,
    });
  });

  it('of blocks that are too long together', () => {
    const block = { type: 'section', text: { type: 'plain_text', text: 'x'.repeat(3000) } };

    const { refusal, characters } = verdictOf({ text: 'x', blocks: Array.from({ length: 5 }, () => block) }, 'message');

    expect(refusal).toEqual(['msg_blocks_too_long']);
    expect(characters?.used).toBeGreaterThan(13_200);
  });
});
