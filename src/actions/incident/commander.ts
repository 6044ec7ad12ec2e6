import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction } from '../../domain/action.ts';

/** `<@U012AB3CD>`, `<@U012AB3CD|ada>` as Slack hands a mention on, or the id alone. */
const MENTION = /^<?@?([UW][A-Z0-9]+)(?:\|[^>]*)?>?$/;

export const commander = ({ commanders }: Clients) =>
  defineAction({
    id: 'incident.commander',
    summary: 'See whether somebody is named who may command the system',
    effect: 'read',
    input: z.strictObject({
      /** A mention or a Slack user id; '' when nobody was named. */
      commander: z.string(),
    }),
    output: z.object({
      assigned: z.boolean(),
      /** Their Slack user id; '' when nobody is named. */
      commander: z.string(),
      /** What is wrong and what to do, for people. */
      advice: z.string(),
    }),
    repeat: 'It only reads.',
    permissions: {},
    examples: [{ title: 'A mention', with: { commander: '<@U0COMMANDER>' } }],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe({ systemName }, { commander: named }) {
      return { facts: { ...judge(named, systemName, commanders(systemName)) }, measurements: {} };
    },
    change: () => ({ changes: [] }),
    async run({ systemName }, { commander: named }) {
      return { outputs: judge(named, systemName, commanders(systemName)), changes: [] };
    },
  });

function judge(
  named: string,
  system: string,
  may: readonly string[],
): { assigned: boolean; commander: string; advice: string } {
  const id = MENTION.exec(named.trim())?.[1] ?? '';
  const who = may.map((user) => `<@${user}>`).join(', ') || 'nobody yet';
  const whom = `access.yaml lists for ${system}: ${who}.`;
  if (named.trim() === '') {
    return { assigned: false, commander: '', advice: `Nobody commands yet. Add commander=@somebody; ${whom}` };
  }
  if (id === '') {
    return { assigned: false, commander: '', advice: `"${named}" is no mention of a person. ${whom}` };
  }
  if (!may.includes(id)) return { assigned: false, commander: id, advice: `<@${id}> may not command. ${whom}` };
  return { assigned: true, commander: id, advice: `<@${id}> commands.` };
}
