import type { Reply } from '../usecases/reply.ts';
import { escapeText } from './escape.ts';
import { buttons, context, cut, type Message, section } from './message.ts';

/** Words and signs of each tone: never a colour alone. */
const LEAD = { info: '', done: '✅ ', refused: '⛔ ', failed: '❗ ' } as const;

/** Most lines of a reply that fit well below Slack's 50 blocks and 13,200 characters. */
const LONGEST_TEXT = 3500;

/** An answer to one person. Pure. */
export function replyMessage(reply: Reply): Message {
  const { tone, text, lines = [], problem } = reply;
  const said = `${LEAD[tone]}${sentence(text)}`;
  const after = problem ? [sentence(problem.notDone), ...(problem.next ? [sentence(problem.next)] : [])].join(' ') : '';
  const plain = [said, ...lines.map(sentence), after].filter((part) => part !== '').join('\n');
  return {
    text: cut(plain, LONGEST_TEXT),
    blocks: [
      section(said),
      ...(lines.length > 0 ? [section(lines.map((line) => `• ${sentence(line)}`))] : []),
      ...(after ? [section(after)] : []),
      ...(reply.buttons?.length
        ? [
            buttons(
              reply.buttons.map(({ label, verb, value, style }) => ({
                label,
                verb,
                args: value,
                ...(style === undefined ? {} : { style }),
              })),
            ),
          ]
        : []),
      ...(problem?.id ? [context(`To report it: reference ${escapeText(problem.id)}`)] : []),
    ],
  };
}

/** A sentence of ours: what it quotes is shown as it is, and only people stay mentions. */
function sentence(text: string): string {
  return escapeText(text).replace(/&lt;@([UW][A-Z0-9]+)&gt;/g, '<@$1>');
}
