import { elementsOf } from '../slack/blocks/validate.ts';
import type { Block, Message } from '../slack/state.ts';
import { mrkdwn, type Names } from './mrkdwn.ts';
import { childrenOf, richTextLines } from './rich-text.ts';
import type { Style } from './style.ts';

/** Something that can be pressed: a button, or one option of a menu. */
export interface Pressable {
  message: string;
  channel: string;
  actionId: string;
  blockId: string;
  label: string;
  /** Of a menu's option; a button brings its own. */
  value?: string;
  confirm?: { title: string; text: string; yes: string; no: string };
}

export interface RenderContext {
  names: Names;
  style: Style;
  /** The number under which it can be pressed; the same for the same button whenever it is asked. */
  number(pressable: Pressable): number;
}

const TASK_MARKS: Record<string, string> = {
  pending: '▫️',
  in_progress: '🔄',
  complete: '✅',
  error: '❌',
};

/** The lines of a Slack message in a terminal: Block Kit where there is some, else the text. Pure. */
export function renderMessage(message: Message, context: RenderContext): string[] {
  if (!message.blocks?.length) return mrkdwn(message.text, context.names, context.style).split('\n');
  return message.blocks.flatMap((block) => blockLines(block, message, context));
}

/** The lines of a modal's or message's blocks, for which nothing can be pressed. */
export function renderBlocks(blocks: Block[], context: RenderContext): string[] {
  return blocks.flatMap((block) => blockLines(block, undefined, context));
}

function blockLines(block: Block, message: Message | undefined, context: RenderContext): string[] {
  const { names, style } = context;
  const text = (value: unknown) => objectText(value, context);
  switch (block.type) {
    case 'header':
      return [style.bold(text(block.text))];
    case 'section': {
      const body = block.text === undefined ? [] : text(block.text).split('\n');
      return [...body, ...childrenOf(block, 'fields').map((field) => fieldLine(text(field))), ...pressables(block)];
    }
    case 'context':
      return [
        style.dim(
          childrenOf(block)
            .map((element) => text(element))
            .join('  '),
        ),
      ];
    case 'actions':
      return pressables(block);
    case 'divider':
      return [style.dim('─'.repeat(40))];
    case 'image':
      return [`[image: ${String(block.alt_text)}]`];
    case 'rich_text':
      return richTextLines(block, names);
    case 'markdown':
    case 'alert':
      return text(block.text).split('\n');
    case 'table':
      return tableLines(block, names);
    case 'plan':
      return [style.bold(text(block.title)), ...childrenOf(block, 'tasks').flatMap(taskLines)];
    case 'task_card':
      return taskLines(block);
    default:
      return [];
  }

  function taskLines(task: Block): string[] {
    const details = [task.details, task.output].filter(isBlock).flatMap((part) => richTextLines(part, names));
    const mark = TASK_MARKS[String(task.status)] ?? '▫️';
    return [`${mark} ${text(task.title)}`, ...details.map((line) => `    ${line}`)];
  }

  function pressables(from: Block): string[] {
    if (!message) return [];
    const offered = pressablesOf(from, message, context).map(
      (pressable) => `${style.accent(`[${context.number(pressable)}]`)} ${pressable.label}`,
    );
    return offered.length > 0 ? [offered.join('   ')] : [];
  }
}

/** What can be pressed in one block. */
function pressablesOf(block: Block, message: Message, context: RenderContext): Pressable[] {
  return elementsOf(block).flatMap((element) => {
    const shared = {
      message: message.ts,
      channel: message.channel,
      actionId: String(element.action_id),
      blockId: String(block.block_id),
      ...confirmOf(element, context),
    };
    if (element.type === 'button') return [{ ...shared, label: objectText(element.text, context) }];
    if (!['static_select', 'overflow', 'radio_buttons'].includes(element.type)) return [];
    const heading = element.placeholder ? `${objectText(element.placeholder, context)}: ` : '';
    return childrenOf(element, 'options').map((option) => ({
      ...shared,
      label: heading + objectText(option.text, context),
      value: String(option.value),
    }));
  });
}

function confirmOf({ confirm }: Block, context: RenderContext): Pick<Pressable, 'confirm'> {
  if (!isBlockLike(confirm)) return {};
  const text = (value: unknown) => objectText(value, context);
  return {
    confirm: {
      title: text(confirm.title),
      text: text(confirm.text),
      yes: text(confirm.confirm),
      no: text(confirm.deny),
    },
  };
}

/** A text object, an image element, or a bare string. */
function objectText(value: unknown, { names, style }: RenderContext): string {
  if (typeof value === 'string') return value;
  if (!isBlock(value)) return '';
  if (value.type === 'image') return `[${String(value.alt_text)}]`;
  const text = typeof value.text === 'string' ? value.text : '';
  return value.type === 'mrkdwn' ? mrkdwn(text, names, style) : text;
}

/** A field is a name and below it a value; in a terminal they share a line. */
function fieldLine(text: string): string {
  const [name = '', ...value] = text.split('\n');
  return value.length === 0 ? name : `${name}: ${value.join(' ')}`;
}

function tableLines(block: Block, names: Names): string[] {
  const rows = Array.isArray(block.rows) ? block.rows : [];
  const cells: string[][] = rows.map((row: Block[]) =>
    row.map((cell) => (typeof cell.text === 'string' ? cell.text : richTextLines(cell, names).join(' '))),
  );
  const widths = (cells[0] ?? []).map((_cell, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function isBlock(value: unknown): value is Block {
  return isBlockLike(value) && 'type' in value;
}

function isBlockLike(value: unknown): value is Block {
  return typeof value === 'object' && value !== null;
}
