import { describe, expect, test } from '@jest/globals';
import type { Picture } from '../../../sandbox/control/wire.ts';
import { hopsOf, routesOf } from '../../../sandbox/page/src/map/routes.ts';
import type { Fault } from '../../../sandbox/world/state.ts';
import { snapshotWith } from '../store/snapshot.ts';
import { broken, EAST, healthy, moved, PRIMARY, pods, REPLICA, regionDown, resolvers, WEST } from './pictures.ts';

const { system } = snapshotWith();
const routes = (picture: Picture, faults: Fault[] = []) => routesOf({ picture, system, faults });
const inShort = (picture: Picture, faults: Fault[] = []) =>
  hopsOf(routes(picture, faults)).map(({ to, state, obstacle }) => `${to}: ${obstacle ?? state}`);

describe('the way of writes', () => {
  test.each<[string, Picture, Fault[], string[]]>([
    [
      'flows to the database',
      healthy(),
      [],
      ['dns: flows', `balancer ${EAST}: flows`, `services ${EAST}: flows`, `database ${PRIMARY}: flows`],
    ],
    ['ends at the edge of a region that hangs', broken(), [regionDown], ['dns: tries', `balancer ${EAST}: hangs`]],
    [
      'is open before the first write has arrived',
      moved({ client: { acknowledged: 0, failed: 9, lost: 0, successRate: 0 } }),
      [],
      ['dns: open', `balancer ${WEST}: open`, `services ${WEST}: open`, `database ${REPLICA}: open`],
    ],
    [
      'crosses regions when the services write elsewhere, and ends there',
      moved({ pods: { [WEST]: pods(35, 35, PRIMARY) } }),
      [regionDown],
      ['dns: tries', `balancer ${WEST}: tries`, `services ${WEST}: tries`, `database ${PRIMARY}: hangs`],
    ],
    [
      'ends at a replica',
      moved({ databases: healthy().databases }),
      [],
      ['dns: tries', `balancer ${WEST}: tries`, `services ${WEST}: tries`, `database ${REPLICA}: read only`],
    ],
  ])('%s', (_, picture, faults, expected) => {
    expect(inShort(picture, faults)).toEqual(expected);
  });

  test('is two while resolvers remember different answers, and a part that carries something shows it', () => {
    const picture = moved({ dns: { ...moved().dns, resolvers: resolvers(WEST, EAST) } });

    const both = routes(picture, [regionDown]);

    expect(both.map(({ region, resolvers: by }) => [region, by])).toEqual([
      [WEST, ['cloudflare']],
      [EAST, ['google']],
    ]);
    expect(inShort(picture, [regionDown])).toEqual(
      expect.arrayContaining(['dns: flows', `database ${REPLICA}: flows`, `balancer ${EAST}: hangs`]),
    );
  });
});
