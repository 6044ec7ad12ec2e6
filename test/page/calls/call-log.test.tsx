import { beforeAll, describe, expect, test } from '@jest/globals';
import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { CallLog } from '../../../sandbox/page/src/calls/call-log.tsx';
import type { Call } from '../../../sandbox/world/state.ts';
import { DETECTED } from '../store/snapshot.ts';
import { stage, tell } from '../support/world.ts';

const call = (operation: string, change: Partial<Call> = {}): Call => ({
  at: DETECTED,
  latency: 320,
  service: 'rds',
  region: 'us-west-2',
  operation,
  resource: 'chatbot-prod-replica-west',
  mutating: false,
  status: 200,
  ...change,
});

const CALLS = [
  call('DescribeDBInstances'),
  call('PromoteReadReplica', { mutating: true, status: 400, error: 'InvalidDBInstanceState: it is modifying' }),
  call('PromoteReadReplica', { mutating: true }),
  call('ChangeResourceRecordSets', { service: 'route53', resource: 'api.chatbot.com', mutating: true }),
  call('get deployments', { service: 'kubernetes', region: 'us-east-1', resource: 'chatbot-api', status: 0 }),
  call('chat.update', { service: 'slack', resource: 'C0INCIDENTRESPONSE', mutating: true }),
];

function log(calls: Call[] = CALLS) {
  stage({ calls });
  render(<CallLog />);
  return userEvent.setup();
}

const operations = () =>
  within(screen.getByRole('list', { name: 'API calls, oldest first' }))
    .getAllByRole('button')
    .map(({ textContent }) => textContent);
const row = (index: number) => screen.getAllByRole('listitem')[index];

// happy-dom lays nothing out; the list draws only the rows that have room in what it is told is its height.
beforeAll(() => {
  Object.defineProperties(HTMLElement.prototype, {
    clientHeight: { configurable: true, get: () => 600 },
    clientWidth: { configurable: true, get: () => 600 },
    offsetHeight: { configurable: true, get: () => 27 },
  });
});

describe('the log of calls', () => {
  test('shows each call with its answer, and Slack only when it is asked for', () => {
    log();

    expect(operations()).toEqual([
      'DescribeDBInstances',
      'PromoteReadReplica',
      'PromoteReadReplica',
      'ChangeResourceRecordSets',
      'get deployments',
    ]);
    expect(row(1)?.textContent).toContain('400 refused');
    expect(row(2)?.textContent).toContain('200');
    expect(row(2)?.textContent).toContain('change');
    expect(row(2)?.textContent).toContain('320 ms');
    expect(screen.getByText('5 of 6 calls')).toBeTruthy();
  });

  test('is filtered by service', async () => {
    const user = log();

    await user.click(screen.getByRole('checkbox', { name: /^rds/ }));
    await user.click(screen.getByRole('checkbox', { name: /^slack/ }));

    expect(operations()).toEqual(['ChangeResourceRecordSets', 'get deployments', 'chat.update']);
  });

  test('is filtered by what was refused: an error status, or no answer', async () => {
    const user = log();

    await user.click(screen.getByRole('button', { name: 'Refused only' }));

    expect(operations()).toEqual(['PromoteReadReplica', 'get deployments']);
    expect(screen.getByRole('button', { name: 'Refused only' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('is filtered by what was changed', async () => {
    const user = log();

    await user.click(screen.getByRole('button', { name: 'Changes only' }));

    expect(operations()).toEqual(['PromoteReadReplica', 'PromoteReadReplica', 'ChangeResourceRecordSets']);
  });

  test('is filtered by words of the call and of its answer, together with the rest', async () => {
    const user = log();

    await user.type(screen.getByRole('searchbox'), 'promote invaliddb');
    const refused = operations();
    await user.clear(screen.getByRole('searchbox'));
    await user.type(screen.getByRole('searchbox'), 'us-east-1');
    const east = operations();
    await user.click(screen.getByRole('button', { name: 'Changes only' }));

    expect(refused).toEqual(['PromoteReadReplica']);
    expect(east).toEqual(['get deployments']);
    expect(screen.getByText('No call agrees with this filter.')).toBeTruthy();
    expect(screen.getByText('0 of 6 calls')).toBeTruthy();
  });

  test('follows the newest', () => {
    log();

    tell({ type: 'calls', calls: [call('ModifyDBInstance', { mutating: true })] });

    expect(operations().at(-1)).toBe('ModifyDBInstance');
    expect(screen.getByText('Following the newest')).toBeTruthy();
  });

  test('says everything of a call that is pressed, and stands still while it is read', async () => {
    const user = log();

    await user.click(within(row(1) as HTMLElement).getByRole('button'));
    tell({
      type: 'calls',
      calls: [call('ModifyDBInstance', { mutating: true }), call('chat.update', { service: 'slack' })],
    });
    const read = operations();
    const details = row(1)?.textContent;
    await user.click(screen.getByRole('button', { name: '1 newer, follow them' }));

    expect(details).toContain('400: InvalidDBInstanceState: it is modifying');
    expect(details).toContain('2026-03-01 03:00:00 UTC');
    expect(read).not.toContain('ModifyDBInstance');
    expect(operations().at(-1)).toBe('ModifyDBInstance');
  });

  test('is one stop of the keyboard, from which arrows lead on', async () => {
    const user = log();
    const stops = () =>
      within(screen.getByRole('list'))
        .getAllByRole('button')
        .filter(({ tabIndex }) => tabIndex === 0);
    const [first] = stops();

    first?.focus();
    await user.keyboard('{ArrowUp}');
    await new Promise((resolve) => requestAnimationFrame(resolve));

    expect(first?.textContent).toBe('get deployments');
    expect(stops().map(({ textContent }) => textContent)).toEqual(['ChangeResourceRecordSets']);
    expect(document.activeElement?.textContent).toBe('ChangeResourceRecordSets');
  });

  test('draws a part of 10,000 calls', () => {
    log(Array.from({ length: 10_000 }, (_, index) => call(`Describe${index}`)));

    expect(operations().length).toBeGreaterThan(5);
    expect(operations().length).toBeLessThan(100);
    expect(screen.getByText('10,000 calls')).toBeTruthy();
  });

  test('says that there is none', () => {
    log([]);

    expect(screen.getByText('No call was made yet.')).toBeTruthy();
  });
});
