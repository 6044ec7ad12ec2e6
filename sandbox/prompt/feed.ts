import { formatFault, WAITS } from '../control/faults.ts';
import type { ControlEvent, Page, Snapshot } from '../control/wire.ts';
import { APP, SLACKBOT } from '../slack/app.ts';
import type { Ephemeral, Message } from '../slack/state.ts';
import type { Buttons } from './buttons.ts';
import { changesOf } from './changes.ts';
import type { Names } from './mrkdwn.ts';
import { type RenderContext, renderMessage } from './render.ts';
import type { Style } from './style.ts';
import { utc } from './texts.ts';

/** A live message whose figures alone moved is shown again after this long (machine milliseconds), and in brief. */
const FIGURES_EVERY = 10_000;
const FIGURES_SHOWN = 2;
/** How many earlier messages somebody sees who joins later. */
const EARLIER_SHOWN = 3;

interface Shown {
  title: string;
  lines: string[];
  printedAt: number;
}

/** Turns what happens in the sandbox into lines for a terminal. */
export class Feed {
  readonly context: RenderContext;
  readonly #print: (lines: string[]) => void;
  readonly #me: () => string;
  readonly #buttons: Buttons;
  readonly #shown = new Map<string, Shown>();
  readonly #waiting = new Set<() => void>();
  #snapshot: Snapshot | undefined;
  readonly #pages = new Map<string, string>();

  constructor(options: { print: (lines: string[]) => void; me: () => string; buttons: Buttons; style: Style }) {
    this.#print = options.print;
    this.#me = options.me;
    this.#buttons = options.buttons;
    const names: Names = {
      person: (id) => this.#nameOf(id),
      channel: (id) => this.#snapshot?.channels.find((channel) => channel.id === id)?.name ?? id,
    };
    this.context = { names, style: options.style, number: (pressable) => options.buttons.number(pressable) };
  }

  take(event: ControlEvent): void {
    switch (event.type) {
      case 'snapshot':
        this.#begin(event.snapshot);
        break;
      case 'slack':
        this.#takeSlack(event.change);
        break;
      case 'fault':
        this.#takeFault(event);
        break;
      case 'pages':
        this.#takePages(event.pages);
        break;
      default:
        return;
    }
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves with true as soon as a message says these words, or with false after `timeout` machine milliseconds. */
  waitFor(words: string, timeout: number): Promise<boolean> {
    const wanted = words.toLowerCase();
    return new Promise((resolve) => {
      const finish = (found: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const look = () => {
        const said = [...this.#shown.values()].some(({ lines }) => lines.join('\n').toLowerCase().includes(wanted));
        if (said) finish(true);
      };
      const timer = setTimeout(() => finish(false), timeout);
      this.#waiting.add(look);
      look();
    });
  }

  /** Something else that was shown, and that may be waited for. */
  note(lines: string[]): void {
    this.#shown.set('dialog', { title: '', lines, printedAt: Date.now() });
    for (const look of [...this.#waiting]) look();
  }

  #begin(snapshot: Snapshot): void {
    // What was said in an earlier world is not said in this one.
    this.#shown.clear();
    this.#pages.clear();
    this.#snapshot = snapshot;
    for (const page of snapshot.pages) this.#pages.set(page.id, page.status);
    const messages = Object.values(snapshot.messages).flat();
    messages.sort((a, b) => Number(a.ts) - Number(b.ts));
    for (const message of messages.slice(0, -EARLIER_SHOWN)) this.#remember(message);
    for (const message of messages.slice(-EARLIER_SHOWN)) this.#post(message);
  }

  #takeSlack(change: Extract<ControlEvent, { type: 'slack' }>['change']): void {
    switch (change.type) {
      case 'message':
      case 'ephemeral':
        this.#post(change.message);
        break;
      case 'message-changed':
      case 'ephemeral-changed':
        this.#update(change.message);
        break;
      case 'message-deleted':
      case 'ephemeral-deleted':
        this.#buttons.begin(change);
        this.#shown.delete(change.ts);
        break;
      default:
        break;
    }
  }

  #post(message: Message | Ephemeral): void {
    const lines = this.#remember(message);
    this.#print([this.#heading(message), ...lines.map((line) => `  ${line}`)]);
  }

  #update(message: Message | Ephemeral): void {
    const before = this.#shown.get(message.ts);
    if (!before) {
      this.#post(message);
      return;
    }
    const { material, figures } = changesOf(before.lines, this.#remember(message));
    const quiet = Date.now() - before.printedAt < FIGURES_EVERY;
    const said = material.length > 0 ? material : quiet ? [] : inBrief(figures);
    if (said.length > 0) {
      const mark = this.context.style.dim(`↻ ${this.#placeOf(message)} ${before.title}`);
      this.#print([mark, ...said.map((line) => `  ${line}`)]);
      return;
    }
    const now = this.#shown.get(message.ts);
    if (now) now.printedAt = before.printedAt;
  }

  #remember(message: Message | Ephemeral): string[] {
    this.#buttons.begin(message);
    const lines = renderMessage(message, this.context);
    const title = (message.text.split(/\.\s|\n/)[0] ?? '').slice(0, 60);
    this.#shown.set(message.ts, { title, lines, printedAt: Date.now() });
    return lines;
  }

  #heading(message: Message | Ephemeral): string {
    const { style } = this.context;
    const thread = message.threadTs === undefined || message.threadTs === message.ts ? '' : ' ↳ thread';
    const whisper = 'to' in message ? ` (${this.#audience(message.to)})` : '';
    const time = utc(Number(message.ts) * 1000);
    return `${style.dim(this.#placeOf(message) + thread)} ${style.bold(this.#nameOf(message.user))} ${style.dim(time + whisper)}`;
  }

  #audience(to: string): string {
    const name = this.#nameOf(to);
    return name === this.#me() ? 'only you see this' : `only ${name} sees this`;
  }

  #placeOf({ channel: id }: Pick<Message, 'channel'>): string {
    const channel = this.#snapshot?.channels.find((candidate) => candidate.id === id);
    return channel && channel.directTo === undefined ? `#${channel.name}` : 'direct message';
  }

  #nameOf(id: string): string {
    if (id === APP.botUserId) return APP.name;
    if (id === SLACKBOT) return 'Slack';
    return this.#snapshot?.people.find((person) => person.id === id)?.name ?? id;
  }

  #takeFault({ fault, on }: Extract<ControlEvent, { type: 'fault' }>): void {
    const kind = this.#snapshot?.faultKinds.find(({ name }) => name === fault.name);
    const { style } = this.context;
    this.#print([
      on
        ? style.alarm(`⚡ ${formatFault(fault)} ${fault.waits ? `${WAITS}.` : `is on. ${kind?.sentence ?? ''}`}`)
        : style.alarm(`⚡ ${formatFault(fault)} is off again.`),
    ]);
  }

  #takePages(pages: Page[]): void {
    for (const { id, status, service, summary } of pages) {
      if (this.#pages.get(id) === status) continue;
      this.#pages.set(id, status);
      const what = status === 'triggered' ? `is paged: ${summary}` : `${status} the page: ${summary}`;
      this.#print([this.context.style.alarm(`📟 ${service} ${what}`)]);
    }
  }
}

/** What runs comes first; the rest of the figures can be read off the message when somebody asks. */
function inBrief(figures: string[]): string[] {
  const running = (line: string) => Number(line.includes('🔄'));
  return [...figures].sort((a, b) => running(b) - running(a)).slice(0, FIGURES_SHOWN);
}
