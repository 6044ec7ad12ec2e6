// biome-ignore-all lint/suspicious/noTemplateCurlyInString: config files are written that way
import { expect } from '@jest/globals';
import type { TestWorld } from '../world.ts';
import { soon, type Trial, west } from './trial.ts';

/** Trials of what leads users to the other region. */
export function trafficTrials(bench: () => TestWorld): Trial[] {
  const record = (name: string, type: string, setIdentifier?: string) => {
    const asked = { name, type, ...(setIdentifier !== undefined && { setIdentifier }) };
    return bench().clients.aws.route53.record(bench().system.dns.hostedZone, asked, soon());
  };
  return [
    {
      action: 'elbv2.shift-traffic',
      what: 'the weights of a listener',
      with: () => west,
      look: async () => {
        const { listener, active, standby } = bench().system.loadBalancers[west.region] ?? { listener: '' };
        const weights = await bench().clients.aws.loadBalancing.weights(west.region, listener, soon());
        return [weights[active ?? ''], weights[standby ?? '']];
      },
      done: [100, 0],
      calls: { run: { ModifyListener: 'any' }, undo: { ModifyListener: 'any' } },
    },
    {
      action: 'route53.upsert',
      what: 'a record that is another',
      with: () => ({ changes: 'dns-failover.json' }),
      look: () => record('api.chatbot.com', 'CNAME', 'primary'),
      done: expect.objectContaining({ values: ['chatbot-west-0987654321.us-west-2.elb.amazonaws.com'] }),
      calls: { run: { ChangeResourceRecordSets: 'any' }, undo: { ChangeResourceRecordSets: 'any' } },
    },
    {
      action: 'route53.upsert',
      what: 'a record that did not exist, and is removed once',
      with: () => ({ changes: 'note.json' }),
      config: {
        'note.json': JSON.stringify({
          Changes: [
            {
              Action: 'UPSERT',
              ResourceRecordSet: {
                Name: 'note.chatbot.com',
                Type: 'TXT',
                TTL: 60,
                ResourceRecords: [{ Value: '"${{ params.to }}"' }],
              },
            },
          ],
        }),
      },
      look: () => record('note.chatbot.com', 'TXT'),
      done: expect.objectContaining({ values: ['"us-west-2"'] }),
      calls: { run: { ChangeResourceRecordSets: 'any' }, undo: { ChangeResourceRecordSets: 1 } },
    },
    {
      action: 'arc.switch',
      what: 'the states of routing controls',
      with: () => ({ to: west.region }),
      look: async () => {
        const controls = Object.values(bench().world.state.routingControls?.controls ?? {});
        return Object.fromEntries(controls.map(({ name, state }) => [name, state]));
      },
      done: { 'us-east-1': 'Off', 'us-west-2': 'On' },
      calls: { run: { UpdateRoutingControlStates: 'any' }, undo: { UpdateRoutingControlStates: 'any' } },
    },
    {
      action: 'route53.switch-object',
      what: 'an object that is there or not',
      with: () => ({ to: west.region }),
      look: async () => Object.keys(bench().world.state.s3?.buckets['chatbot-traffic-us-west-2']?.objects ?? {}),
      done: ['leave-us-east-1'],
      calls: { run: { PutObject: 'any' }, undo: { DeleteObject: 'any' } },
    },
  ];
}
