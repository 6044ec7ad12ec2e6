import { describe, expect, test } from '@jest/globals';
import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { Page, Snapshot } from '../../../sandbox/control/wire.ts';
import { Phone } from '../../../sandbox/page/src/phone/phone.tsx';
import { DETECTED, recoveryWith } from '../store/snapshot.ts';
import { stage, tell } from '../support/world.ts';

const page = (change: Partial<Page> = {}): Page => ({
  id: 'Q1',
  service: 'SRE rotation',
  dedupKey: 'lifeboat/INC-1/tier/1',
  status: 'triggered',
  severity: 'critical',
  summary: 'INC-1 P0 chatbot: Primary region failure. Tier 1',
  source: 'chatbot',
  details: { channel: '#incident-response', region: 'us-east-1' },
  triggeredAt: DETECTED,
  repeats: 0,
  ...change,
});
const manager = page({ id: 'Q2', service: 'Engineering manager', triggeredAt: DETECTED + 300_000 });

function phone(change: Partial<Snapshot> = {}) {
  const asked = stage({ clock: { now: DETECTED + 180_000, speed: 0 }, ...change });
  render(<Phone />);
  return { ...asked, user: userEvent.setup() };
}

const card = (service: string) => within(screen.getByRole('article', { name: `Page to ${service}` }));

describe('the telephone', () => {
  test('tells who would be paged as long as nobody was', () => {
    phone();

    expect(screen.getByText(/Nobody was paged/).textContent).toBe(
      'Nobody was paged. Tier 1, SRE rotation, is paged as soon as an incident is declared.',
    );
  });

  test('makes no promise once an incident is there', () => {
    phone({ recovery: recoveryWith() });

    expect(screen.getByText(/Nobody was paged/).textContent).toBe('Nobody was paged.');
  });

  test('says who was paged, when, how often, and about what', () => {
    phone({ pages: [page({ repeats: 2 })] });

    const text = screen.getByRole('article').textContent;
    expect(text).toContain('SRE rotation');
    expect(text).toContain('03:00:00 UTC 3 min ago, repeated 2 times');
    expect(text).toContain('INC-1 P0 chatbot: Primary region failure. Tier 1');
    expect(text).toContain('regionus-east-1');
    expect(screen.getByText('1 not acknowledged')).toBeTruthy();
  });

  test('shows the newest page first', () => {
    phone({ pages: [page(), manager] });

    expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual([
      'Engineering manager',
      'SRE rotation',
    ]);
  });

  test('reads a new page aloud, and no old one', () => {
    phone({ pages: [page()] });
    const before = screen.getByRole('status').textContent;

    tell({ type: 'pages', pages: [page(), manager] });

    expect(before).toBe('');
    expect(screen.getByRole('status').textContent).toBe(
      'Engineering manager is paged: INC-1 P0 chatbot: Primary region failure. Tier 1',
    );
  });
});

describe('a page', () => {
  test('is acknowledged once, however often the button is pressed', async () => {
    const { user, requests, hold, answer } = phone({ pages: [page(), manager] });
    hold();

    await user.dblClick(card('SRE rotation').getByRole('button', { name: 'Acknowledge' }));
    await answer();
    tell({ type: 'pages', pages: [page({ status: 'acknowledged', acknowledgedAt: DETECTED + 60_000 }), manager] });

    expect(requests).toEqual(['POST /page {"id":"Q1","action":"acknowledge"}']);
    expect(card('SRE rotation').queryByRole('button', { name: 'Acknowledge' })).toBeNull();
    expect(card('SRE rotation').getByText('Acknowledged')).toBeTruthy();
    expect(card('SRE rotation').getByText('03:01:00 UTC', { selector: '.acknowledged' })).toBeTruthy();
    expect(card('Engineering manager').getByRole('button', { name: 'Acknowledge' })).toBeTruthy();
    expect(screen.getByText('1 not acknowledged')).toBeTruthy();
  });

  test('that was acknowledged is resolved, and then leaves nothing to press', async () => {
    const acknowledged = page({ status: 'acknowledged', acknowledgedAt: DETECTED + 60_000 });
    const { user, requests } = phone({ pages: [acknowledged] });

    await user.click(screen.getByRole('button', { name: 'Resolve' }));
    tell({ type: 'pages', pages: [{ ...acknowledged, status: 'resolved', resolvedAt: DETECTED + 90_000 }] });

    expect(requests).toEqual(['POST /page {"id":"Q1","action":"resolve"}']);
    expect(screen.queryAllByRole('button')).toEqual([]);
    expect(screen.queryByText(/not acknowledged/)).toBeNull();
    expect(screen.getByRole('article').textContent).toContain('resolved03:01:30 UTC');
  });

  test('says why it could not be answered', async () => {
    const { user, refuseWith } = phone({ pages: [page()] });
    refuseWith('The page Q1 is resolved already.');

    await user.click(screen.getByRole('button', { name: 'Acknowledge' }));

    expect(screen.getByRole('alert').textContent).toBe('The page Q1 is resolved already.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Acknowledge' }).disabled).toBe(false);
  });

  test('shows markup in its summary as text', () => {
    phone({ pages: [page({ summary: '<img src=x onerror=alert(1)>' })] });

    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });
});
