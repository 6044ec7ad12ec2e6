import type { Message } from '../slack/state.ts';
import type { Pressable } from './render.ts';

/** Numbers what can be pressed: the same button keeps its number for as long as its message offers it. */
export class Buttons {
  readonly #numbers = new Map<string, number>();
  readonly #pressables = new Map<number, Pressable>();
  /** Of each message, what its newest version offers. */
  readonly #offered = new Map<string, Set<number>>();

  /** Forgets what a message offered; its new version is about to be rendered, or it is gone. */
  begin(message: Pick<Message, 'ts'>): void {
    this.#offered.set(message.ts, new Set());
  }

  number(pressable: Pressable): number {
    const key = [pressable.message, pressable.blockId, pressable.actionId, pressable.value].join(' ');
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    this.#pressables.set(number, pressable);
    this.#offered.get(pressable.message)?.add(number);
    return number;
  }

  /** The button, or why it cannot be pressed, in one sentence. */
  find(number: number): Pressable | string {
    const pressable = this.#pressables.get(number);
    const offered = this.#list();
    const others = offered.length > 0 ? ` There are: ${offered.join(', ')}.` : '';
    if (!pressable) return `There is no button ${number}.${others}`;
    if (!this.#offered.get(pressable.message)?.has(number)) return `The button [${number}] is gone.${others}`;
    return pressable;
  }

  /** The newest button with this label. */
  findLabel(label: string): Pressable | string {
    const wanted = label.toLowerCase();
    const matches = [...this.#pressables].filter(
      ([number, pressable]) => this.#isOffered(number, pressable) && pressable.label.toLowerCase().includes(wanted),
    );
    const offered = this.#list();
    const others = offered.length > 0 ? ` There are: ${offered.join(', ')}.` : ' There is none at all now.';
    return matches.at(-1)?.[1] ?? `There is no button "${label}".${others}`;
  }

  #isOffered(number: number, { message }: Pressable): boolean {
    return this.#offered.get(message)?.has(number) ?? false;
  }

  #list(): string[] {
    return [...this.#pressables]
      .filter(([number, pressable]) => this.#isOffered(number, pressable))
      .map(([number, { label }]) => `[${number}] ${label}`);
  }
}
