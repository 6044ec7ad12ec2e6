import { aboutAbort } from '../../src/usecases/abort.ts';
import type { UseCases } from '../../src/usecases/index.ts';
import { interpret } from '../../src/usecases/interpret.ts';
import { callerOf, REFERENCE, replyExhibit } from './answer.ts';
import { at } from './chatbot-plan.ts';
import { access, journalOf, underWay } from './incidents.ts';
import type { Exhibit, ExhibitGroup } from './item.ts';
import { CONTROL } from './replies/control.ts';
import { DONE } from './replies/done.ts';
import { INFO } from './replies/info.ts';
import type { Scene } from './replies/scene.ts';
import { APPROVER, REQUESTER, RUN } from './story.ts';

/** Use cases that give what the scene needs, and read nothing. */
const useCases = (more: Partial<UseCases>): UseCases => {
  const nothing = () => Promise.reject(new Error('this scene does not use it'));
  return {
    failover: nothing,
    start: nothing,
    checkStart: () => undefined,
    runbooks: () => [],
    automaticFailover: nothing,
    approve: nothing,
    reject: async () => ({ planId: 'INC-1.p1', withdrawn: false }),
    abort: async () => ({ incident: 'INC-1', runId: RUN }),
    aboutAbort: (input) => aboutAbort({ journal: journalOf(underWay), access }, input),
    retry: async () => undefined,
    skip: async () => undefined,
    chooseRun: async (id) => id ?? RUN,
    chooseOverridden: async (id) => id ?? RUN,
    answer: async () => undefined,
    question: async () => undefined,
    override: async () => ({ kind: 'signed' }),
    pause: async () => undefined,
    resume: async () => undefined,
    emergency: async () => undefined,
    aboutEmergency: nothing,
    release: async () => ({ id: `${RUN}/unfenced`, subject: 'chatbot-prod in us-east-1' }),
    acknowledge: async () => ({ runId: RUN, heldBack: [] }),
    undo: nothing,
    resolve: async () => ({ incident: 'INC-1', ran: true, recovered: true, exceptions: [] }),
    status: async () => ({ incidents: [], quiet: ['chatbot'], coolDowns: [], watches: [], problems: [] }),
    ...more,
  };
};

export async function replyGroups(): Promise<ExhibitGroup[]> {
  const acknowledged = [
    acknowledgement('failover chatbot', 'The request was recorded', 'Nothing. The plan follows within seconds.'),
    acknowledgement(
      'run chatbot/database-failure',
      'A runbook was asked for',
      'Nothing. The plan follows within seconds.',
    ),
    acknowledgement('approve INC-1.p1', 'The approval was recorded', 'Nothing. The answer follows within seconds.'),
  ];
  const informed: Exhibit[] = [];
  for (const scene of INFO) informed.push(await carriedOut(scene));
  const done: Exhibit[] = [];
  for (const scene of [...DONE, ...CONTROL]) done.push(await carriedOut(scene));
  return [
    { title: 'Answers to one person: how things stand', exhibits: informed },
    { title: 'Answers to one person: what was done', exhibits: [...acknowledged, ...done] },
  ];
}

/** Said within a second, before anything is read. */
function acknowledgement(typed: string, title: string, now: string): Exhibit {
  const meant = interpret({ id: REFERENCE, text: typed }, callerOf(APPROVER));
  if ('reply' in meant) throw new Error(meant.reply.text);
  const reply = meant.command.acknowledge?.(meant.args, 'typed');
  if (!reply) throw new Error(`${typed} is answered with nothing at once`);
  return replyExhibit({ id: `${meant.command.verb}-at-once`, title, now }, reply, meant.command.verb);
}

async function carriedOut({ id, title, now, typed, by = REQUESTER, with: given = {} }: Scene): Promise<Exhibit> {
  const caller = callerOf(by);
  const meant = interpret({ id: REFERENCE, text: typed }, caller);
  if ('reply' in meant) return replyExhibit({ id, title, now }, meant.reply, typed.split(' ')[0]);
  const reply = await meant.command.run({ ...caller, at: at(60), useCases: useCases(given) }, meant.args);
  return replyExhibit({ id, title, now }, reply, meant.command.verb);
}
