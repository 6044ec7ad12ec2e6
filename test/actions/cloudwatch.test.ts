import { expect, test } from '@jest/globals';
import { alarm } from '../../src/actions/cloudwatch/alarm.ts';
import { logs } from '../../src/actions/cloudwatch/logs.ts';
import type { Clients } from '../../src/adapters/index.ts';
import { createWorldClock } from '../../src/domain/clock.ts';
import { createRunContext } from '../support/run-context.ts';

const WEST = 'us-west-2';

const contextOf = () => createRunContext({ clock: createWorldClock({ machine: 0, world: 0, speed: 600 }) });
/** CloudWatch that answers what it is told to: the simulated one always has data, and few lines. */
const clientsWith = (aws: object) => ({ aws }) as Clients;

test('an alarm is waited for until it is OK, not until it has nothing to say', async () => {
  const states = ['INSUFFICIENT_DATA', 'ALARM', 'OK'];
  const answer = async () => ({ name: 'cpu', state: states.shift(), reason: '', since: 0 });
  const action = alarm(clientsWith({ cloudWatch: { alarm: answer } }));

  const { outputs } = await action.run(contextOf(), action.input.parse({ region: WEST, alarm: 'cpu' }) as never);

  expect(outputs).toMatchObject({ state: 'OK' });
  expect(states).toEqual([]);
});

test('nothing found in logs is an answer only where everything was searched', async () => {
  const left = [true, true, false];
  const search = async () => ({ lines: [], more: left.shift() });
  const action = logs(clientsWith({ logs: { search } }));
  const input = action.input.parse({ region: WEST, group: 'chatbot' }) as never;
  const context = contextOf();

  const seen = await action.observe(context, input);
  const { outputs } = await action.run(context, input);

  expect(seen.measurements).toMatchObject({ count: 0, more: true });
  expect(seen.measurements.sentence).toMatch(/^No line in chatbot was found .* not all of them were searched/);
  expect(outputs).toMatchObject({ count: 0, more: false, sentence: expect.stringMatching(/^No line .* matches/) });
  expect(left).toEqual([]);
});
