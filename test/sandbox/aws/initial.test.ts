import { describe, expect, it } from '@jest/globals';
import { createWorldState } from '../../../sandbox/world/initial.ts';
import type { System } from '../../../src/domain/system.ts';
import { chatbot, EAST, healthyState, WEST } from './sandbox.ts';

const create = (system: System, databasePorts: Record<string, number> = { 'chatbot-prod': 1, [REPLICA]: 2 }) =>
  createWorldState({ system, systemName: 'chatbot', seed: 1, now: 0, databasePorts });
const REPLICA = 'chatbot-prod-replica-west';

describe('the world at the start', () => {
  it('is plain data', () => {
    const state = healthyState();

    const copy = JSON.parse(JSON.stringify(state));

    expect(copy).toEqual(state);
  });

  it('has the services connected to the primary and running at the full profile', () => {
    const { kubernetes } = healthyState();

    const secret = kubernetes[WEST]?.secrets['db-credentials']?.data;
    const replicas = kubernetes[EAST]?.deployments['chatbot-api']?.replicas;

    expect(secret).toMatchObject({ host: 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com', port: '5401' });
    expect(replicas).toBe(20);
  });

  it('names the other end by its identifier when both databases are in one region', () => {
    const replica = { ...chatbot.database.replica, region: EAST };

    const { rds } = create({ ...chatbot, database: { ...chatbot.database, replica } });

    expect(rds[EAST]?.['chatbot-prod']?.replicas).toEqual([REPLICA]);
    expect(rds[EAST]?.[REPLICA]?.replicaSource).toBe('chatbot-prod');
  });

  it.each([
    [
      'a record at the apex',
      { ...chatbot, dns: { ...chatbot.dns, record: 'chatbot.com' } },
      'cannot stand at the apex',
    ],
    [
      'a listener that is none',
      {
        ...chatbot,
        loadBalancers: {
          ...chatbot.loadBalancers,
          [WEST]: { host: 'west', listener: 'arn:west', active: 'arn:a', standby: 'arn:b' },
        },
      },
      'loadBalancers.us-west-2.listener of chatbot is not the ARN',
    ],
  ])('refuses %s in one sentence', (_what, system, sentence) => {
    expect(() => create(system)).toThrow(sentence);
  });

  it('refuses a database without a port', () => {
    expect(() => create(chatbot, { 'chatbot-prod': 1 })).toThrow(
      `No port is given for the database instance ${REPLICA}`,
    );
  });
});
