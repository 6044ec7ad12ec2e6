import { describe, expect, test } from '@jest/globals';
import { render, screen, within } from '@testing-library/react';
import type { Picture } from '../../../sandbox/control/wire.ts';
import { WorldMap } from '../../../sandbox/page/src/map/world-map.tsx';
import type { Fault } from '../../../sandbox/world/state.ts';
import { DETECTED } from '../store/snapshot.ts';
import { become, stage } from '../support/world.ts';
import {
  broken,
  controlPlaneDown,
  EAST,
  healthy,
  moved,
  PRIMARY,
  pods,
  REPLICA,
  regionDown,
  regionRefuse,
  resolvers,
  WEST,
} from './pictures.ts';

function show(picture: Picture, faults: Fault[] = []) {
  stage({ picture, faults, clock: { now: DETECTED, speed: 0 } });
  return render(<WorldMap />);
}

const headline = () => screen.getByRole('status').textContent;
const words = () =>
  within(screen.getByRole('list', { name: 'The system in words' }))
    .getAllByRole('listitem')
    .map((item) => item.textContent);
/** What is seen of a part of the system. */
const node = (id: string) => document.querySelector(`[data-node="${id}"]`);

describe('the map in words', () => {
  test('says who answers, where writes go, and how the replica follows', () => {
    show(healthy());

    expect(headline()).toBe('Users write in us-east-1.');
    expect(words()).toEqual([
      'Users: every write succeeds.',
      'DNS: api.chatbot.com leads to us-east-1, to be remembered for 60 seconds.',
      'Writes go through us-east-1 to the database chatbot-prod.',
      'Region us-east-1: serves users.',
      'Load balancer in us-east-1: open.',
      'Services in us-east-1: 35 of 35 pods ready (chatbot-api 35 of 35).',
      'Database chatbot-prod in us-east-1: primary, takes writes.',
      'Region us-west-2: standby.',
      'Load balancer in us-west-2: shows the standby page.',
      'Services in us-west-2: 4 of 4 pods ready (chatbot-api 4 of 4).',
      'Database chatbot-prod-replica-west in us-west-2: replica, read only.',
      'Replication from chatbot-prod to chatbot-prod-replica-west: replicates, 0 s behind.',
    ]);
  });

  test('says which region is down and where writes end', () => {
    show(broken(), [regionDown]);

    expect(headline()).toBe('us-east-1 does not answer. Users cannot write.');
    expect(words()).toEqual(
      expect.arrayContaining([
        'Users: every write fails: no answer.',
        'Writes to us-east-1 end at the load balancer in us-east-1: no answer.',
        'Region us-east-1: does not answer.',
        'Services in us-east-1: no answer.',
        'Replication from chatbot-prod to chatbot-prod-replica-west: cut off, for 1 min 30 s.',
      ]),
    );
  });

  test('says where writes go after the move', () => {
    show(moved(), [regionDown]);

    expect(headline()).toBe('Users write in us-west-2. us-east-1 does not answer.');
    expect(words()).toContain('Writes go through us-west-2 to the database chatbot-prod-replica-west.');
  });

  test('names the resolver that still sends users to the old region', () => {
    show(moved({ dns: { ...moved().dns, resolvers: resolvers(WEST, EAST) } }), [regionDown]);

    expect(headline()).toBe('DNS names us-west-2; google still remembers us-east-1.');
    expect(words()).toContain('google still answers us-east-1 for 41 seconds.');
    expect(node('dns')?.textContent).toContain('google: us-east-1 for 41 s');
  });

  test.each<[string, Picture, Fault[], string]>([
    ['a region that refuses', broken(), [regionRefuse], 'us-east-1 refuses connections. Users cannot write.'],
    [
      'a promotion',
      broken({
        underWay: [{ kind: 'promotion', resource: REPLICA, region: WEST, from: DETECTED, to: DETECTED + 90e3 }],
      }),
      [regionDown],
      'us-east-1 does not answer. Users cannot write. The replica is being promoted.',
    ],
    [
      'a standby page',
      broken({ dns: moved().dns }),
      [regionDown],
      'The load balancer in us-west-2 shows the standby page. Users cannot write.',
    ],
    [
      'pods that are not ready',
      broken({ pods: { ...healthy().pods, [EAST]: pods(0, 35, PRIMARY) } }),
      [],
      'No service is ready in us-east-1. Users cannot write.',
    ],
    [
      'a primary that is fenced',
      broken({ databases: healthy().databases.map((one) => ({ ...one, writable: false })) }),
      [],
      'chatbot-prod refuses writes. Users cannot write.',
    ],
    [
      'services of the new region that still write to the old one',
      moved({
        pods: { ...moved().pods, [WEST]: pods(35, 35, PRIMARY) },
        client: { acknowledged: 28, failed: 12, lost: 0, successRate: 0 },
      }),
      [regionDown],
      'chatbot-prod does not answer. Users cannot write.',
    ],
    ['two primaries', moved(), [], 'Users write in us-west-2. chatbot-prod takes writes too.'],
    [
      'a replica that is late',
      healthy({ replication: { from: PRIMARY, to: REPLICA, state: 'late', lagSeconds: 600 } }),
      [],
      'Users write in us-east-1. The replica is late.',
    ],
    [
      'records that cannot be changed',
      healthy(),
      [controlPlaneDown],
      'Users write in us-east-1. DNS cannot be changed.',
    ],
    [
      'a name that nobody answers for',
      broken({ dns: { record: 'api.chatbot.com', ttlSeconds: 60, resolvers: [] } }),
      [],
      'Nobody answers for api.chatbot.com. Users cannot write.',
    ],
  ])('has a sentence for %s', (_, picture, faults, sentence) => {
    show(picture, faults);

    expect(headline()).toBe(sentence);
  });
});

describe('the map as it is seen', () => {
  test('tells every state by a word and by a shape of its own', () => {
    show(broken(), [regionDown]);

    const balancer = node(`balancer ${EAST}`);
    const standby = node(`balancer ${WEST}`);
    const shapeOf = (element: Element | null) => element?.querySelector('svg')?.innerHTML;
    expect(balancer?.textContent).toContain('no answer');
    expect(standby?.textContent).toContain('shows the standby page');
    expect(shapeOf(balancer)).toBeDefined();
    expect(shapeOf(balancer)).not.toBe(shapeOf(standby));
  });

  test('shows how far a change has come and how long it takes', () => {
    const from = DETECTED - 30_000;
    const underWay: Picture['underWay'] = [
      { kind: 'promotion', resource: REPLICA, region: WEST, from, to: DETECTED + 90_000 },
      { kind: 'change', resource: 'api.chatbot.com', from, to: DETECTED + 30_000 },
    ];
    show(broken({ underWay }), [regionDown]);

    const database = node(`database ${REPLICA}`);
    expect(database?.textContent).toContain('becomes the primary');
    expect(database?.textContent).toContain('1:30 left');
    expect(database?.querySelector<HTMLElement>('.done')?.style.width).toBe('25%');
    expect(node('dns')?.textContent).toContain('us-east-1, being changed30 s left');
  });

  test('counts pods that were replaced, not those that are about to be', () => {
    show(moved({ pods: { ...moved().pods, [WEST]: pods(35, 35, REPLICA, 7) } }));

    const services = node(`services ${WEST}`);

    expect(services?.textContent).toContain('restarting, 7 of 35 new');
    expect(services?.querySelector<HTMLElement>('.done')?.style.width).toBe('20%');
  });

  test('shows what was lost only when something was', () => {
    show(moved());
    const before = node('users')?.textContent;

    become({ picture: moved({ client: { acknowledged: 71, failed: 139, lost: 42, successRate: 1 } }) });

    expect(before).not.toContain('lost');
    expect(node('users')?.textContent).toContain('42 lost');
  });

  test.each([
    [1, 'every write succeeds'],
    [0.999, '99 % of the last writes succeeded'],
    [0.45, '45 % of the last writes succeeded'],
    [0.001, '1 % of the last writes succeeded'],
    [0, 'every write fails: connection refused'],
  ])('says how users fare: %p', (successRate, text) => {
    const counts = { acknowledged: 9, failed: 9, lost: 0, lastFailure: 'ECONNREFUSED: connection refused' };

    show(healthy({ client: { ...counts, successRate } }));

    expect(node('users')?.querySelector('.words')?.textContent).toBe(text);
  });

  test('is still while the world is paused', () => {
    show(healthy());
    const paused = document.querySelector('.diagram')?.getAttribute('data-paused');

    become({ clock: { now: DETECTED, speed: 10 } });

    expect(paused).toBe('true');
    expect(document.querySelector('.diagram')?.getAttribute('data-paused')).toBe('false');
  });
});
