import { BYSTANDER } from '../incidents.ts';
import { APPROVER, COMMANDER, REQUESTER } from '../story.ts';

/** What is refused before anything is read. */
export const MISTYPED: [id: string, title: string, typed: string, by: string, now: string][] = [
  ['verb', 'A mistyped verb', 'failovr chatbot', REQUESTER, 'Press the button if that was meant.'],
  ['verb-unknown', 'A verb that is nothing', 'xyzzy', REQUESTER, 'Look at what there is.'],
  ['system', 'A mistyped system', 'failover chatbto', REQUESTER, 'Type it again with chatbot.'],
  ['missing', 'A missing argument', 'failover', REQUESTER, 'Type it again with a system.'],
  ['flag', 'A mistyped flag', 'failover chatbot --moed planned', REQUESTER, 'Type it again with --mode.'],
  ['role', 'Somebody who may not', 'failover chatbot', BYSTANDER, 'Ask one of those who may.'],
  ['role-anywhere', 'Somebody who may not abort', 'abort', REQUESTER, 'Ask the commander.'],
  [
    'quote',
    'An open quotation mark',
    'failover chatbot --reason "we',
    REQUESTER,
    'Type it again with the quotation closed.',
  ],
  [
    'flag-twice',
    'A flag given twice',
    'failover chatbot --mode planned --mode planned',
    REQUESTER,
    'Type it again with one --mode.',
  ],
  ['flag-empty', 'A flag without its value', 'failover chatbot --reason', REQUESTER, 'Type it again with a reason.'],
  ['switch', 'A value where none belongs', 'abort --yes=no', COMMANDER, 'Type it again without a value.'],
  ['word', 'A word too many', 'approve INC-1.p1 now', APPROVER, 'Type it again without the word.'],
  ['wrong', 'An argument of the wrong kind', 'approve p1', APPROVER, 'Type it again with the whole name of the plan.'],
  [
    'mode',
    'A mode that there is not',
    'failover chatbot --mode quick',
    REQUESTER,
    'Type it again with emergency or planned.',
  ],
];
