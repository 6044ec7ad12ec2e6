import type { Block, View } from '../slack/state.ts';
import { type RenderContext, renderBlocks } from './render.ts';
import { childrenOf } from './rich-text.ts';

/** The inputs of a modal, asked one line at a time. Pure but for what it has been told. */
export class Dialog {
  readonly #view: View;
  readonly #context: RenderContext;
  readonly values: Record<string, Record<string, string>> = {};
  #open: Block[];

  constructor(view: View, context: RenderContext) {
    this.#view = view;
    this.#context = context;
    this.#open = view.blocks.filter(({ type }) => type === 'input');
  }

  get viewId(): string {
    return this.#view.id;
  }

  /** What is read before the first question. */
  introduction(): string[] {
    const { style } = this.#context;
    const blocks = renderBlocks(this.#view.blocks, this.#context);
    return [style.bold(`▣ ${plain(this.#view.title)}`), ...blocks.map((line) => `  ${line}`)];
  }

  /** The next question; nothing when all is answered and the dialog can be sent. */
  question(): string[] {
    const block = this.#open[0];
    if (!block) return [];
    const hint = block.hint ? ` (${plain(block.hint)})` : '';
    const optional = block.optional === true ? ', or an empty line to leave it out' : '';
    const options = optionsOf(block).map(({ label }, index) => `  ${index + 1}  ${label}`);
    return [`${plain(block.label)}${hint}: type it${optional}; cancel closes the dialog.`, ...options];
  }

  /** Takes one line as the answer; returns what is wrong with it, in a sentence. */
  answer(line: string): string | undefined {
    const block = this.#open[0];
    if (!block) return undefined;
    const text = line.trim();
    if (text === '' && block.optional !== true) return 'Please complete this required field.';
    const options = optionsOf(block);
    const chosen = options[Number(text) - 1] ?? options.find(({ label, value }) => label === text || value === text);
    if (text !== '' && options.length > 0 && !chosen) return `Choose one of 1 to ${options.length}.`;
    if (text !== '') this.values[String(block.block_id)] = { [actionOf(block)]: chosen?.value ?? text };
    this.#open = this.#open.slice(1);
    return undefined;
  }

  /** Asks again for what the app refused. */
  reopen(errors: Record<string, string>): string[] {
    this.#open = this.#view.blocks.filter(({ block_id }) => block_id !== undefined && block_id in errors);
    return Object.values(errors);
  }
}

function actionOf({ element }: Block): string {
  return typeof element === 'object' && element !== null && 'action_id' in element ? String(element.action_id) : '';
}

function optionsOf({ element }: Block): { label: string; value: string }[] {
  if (typeof element !== 'object' || element === null) return [];
  const options = childrenOf({ type: '', ...element }, 'options');
  return options.map((option) => ({ label: plain(option.text), value: String(option.value) }));
}

function plain(value: unknown): string {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'
    ? value.text
    : '';
}
