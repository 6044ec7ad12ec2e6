import type { Readable, Writable } from 'node:stream';
import type { ControlEvent, Snapshot } from '../control/wire.ts';
import type { View } from '../slack/state.ts';
import { Buttons } from './buttons.ts';
import { type ControlClient, connectControl } from './control-client.ts';
import { Dialog } from './dialog.ts';
import { Feed } from './feed.ts';
import { parseLine } from './line.ts';
import type { Pressable } from './render.ts';
import { openScreen, type Screen } from './screen.ts';
import { COLOURED, PLAIN } from './style.ts';
import { faultList, help, invitation, worldPicture } from './texts.ts';

export interface PromptOptions {
  /** Of the control API. */
  url: string;
  input: Readable & { isTTY?: boolean };
  output: Writable & { isTTY?: boolean };
  /** Default: where the output is a terminal. */
  coloured?: boolean;
  /** Who types first; default the first of the people. */
  as?: string;
}

/** `wait` gives up after this long (machine milliseconds). */
const WAIT = 10 * 60_000;
/** Piped lines: the next one is read when nothing has happened for so long, and after LONGEST at the latest. */
const QUIET = 100;
const LONGEST = 2000;
/** What goes on all the time and is no answer to what was typed. */
const BACKGROUND: ReadonlySet<string> = new Set(['world', 'calls', 'writes', 'clock']);

/** Plays the sandbox from a terminal, or from a pipe; resolves when the input ends, on `quit`, or with the sandbox. */
export async function runPrompt(options: PromptOptions): Promise<void> {
  const session = new Session(options);
  await session.run();
}

class Session {
  readonly #options: PromptOptions;
  readonly #style;
  readonly #interactive: boolean;
  readonly #buttons = new Buttons();
  readonly #screen: Screen;
  readonly #feed: Feed;
  #me = '';
  #people: Snapshot['people'] = [];
  #confirming: Pressable | undefined;
  #dialog: Dialog | undefined;
  #lastEvent = 0;
  /** Resolves when it is known who is here. */
  readonly #ready = Promise.withResolvers<void>();
  /** Resolves when the sandbox is gone. */
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: PromptOptions) {
    this.#options = options;
    this.#interactive = options.input.isTTY === true;
    this.#style = (options.coloured ?? options.output.isTTY === true) ? COLOURED : PLAIN;
    this.#screen = openScreen(options.input, options.output, this.#interactive);
    this.#feed = new Feed({
      print: (lines) => this.#screen.print(lines),
      me: () => this.#me,
      buttons: this.#buttons,
      style: this.#style,
    });
  }

  async run(): Promise<void> {
    // Before anything is awaited: lines that a pipe brings meanwhile would be lost otherwise.
    const lines = this.#screen.lines[Symbol.asyncIterator]();
    const control = await connectControl(this.#options.url, {
      onEvent: (event) => this.#take(event),
      onEnd: () => {
        this.#screen.print(['The sandbox has ended. npm start goes on with this world.']);
        this.#ended.resolve();
      },
    });
    try {
      await Promise.race([this.#obeyAll(control, lines), this.#screen.interrupted, this.#ended.promise]);
    } finally {
      control.close();
      this.#screen.close();
    }
  }

  async #obeyAll(control: ControlClient, lines: AsyncIterator<string>): Promise<void> {
    await this.#ready.promise;
    this.#ask();
    let typed = 0;
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      typed += 1;
      if (!(await this.#execute(control, next.value))) return;
      this.#ask();
    }
    // Started where nobody can type (in the background, by a service): then the page alone is played.
    if (typed === 0 && !this.#interactive) await this.#ended.promise;
    if (!this.#interactive) await this.#settle();
  }

  /** False when this was the last line. */
  async #execute(control: ControlClient, text: string): Promise<boolean> {
    if (!this.#interactive) this.#screen.print([`${this.#me}> ${text}`]);
    try {
      // A script may wait for the dialog that it goes on to answer.
      const waits = !this.#interactive && parseLine(text).kind === 'wait';
      if (waits) return await this.#obey(control, text);
      if (this.#dialog) await this.#fillIn(control, this.#dialog, text);
      else if (this.#confirming) {
        const answered = await this.#confirm(control, this.#confirming, text);
        if (!answered) return await this.#obey(control, text);
      } else return await this.#obey(control, text);
    } catch (error) {
      this.#screen.print([error instanceof Error ? error.message : String(error)]);
    }
    if (!this.#interactive) await this.#settle();
    return true;
  }

  async #obey(control: ControlClient, text: string): Promise<boolean> {
    const line = parseLine(text);
    switch (line.kind) {
      case 'nothing':
        return true;
      case 'quit':
        return false;
      case 'mistake':
        this.#screen.print([line.sentence]);
        return true;
      case 'help':
        this.#screen.print(help(this.#style));
        return true;
      case 'faults':
        this.#screen.print(faultList(await control.state(), this.#style));
        return true;
      case 'world':
        this.#screen.print(worldPicture(await control.state(), this.#style));
        return true;
      case 'as':
        this.#become(line.person);
        return true;
      case 'command':
        // What the bot answers comes as an event, and so does Slack's word when it did not.
        await control.command(this.#me, line.text);
        break;
      case 'press':
        await this.#press(control, this.#buttons.find(line.number));
        break;
      case 'press-label':
        await this.#press(control, this.#buttons.findLabel(line.label));
        break;
      case 'fault-on':
        await control.fault(line.name, true);
        break;
      case 'fault-off':
        if (line.name === undefined) await control.allFaultsOff();
        else await control.fault(line.name, false);
        break;
      case 'wait': {
        const found = await this.#feed.waitFor(line.words, WAIT);
        if (!found) this.#screen.print([`Nothing said "${line.words}" for ten minutes.`]);
        break;
      }
    }
    if (!this.#interactive) await this.#settle();
    return true;
  }

  async #press(control: ControlClient, found: Pressable | string): Promise<void> {
    if (typeof found === 'string') {
      this.#screen.print([found]);
    } else if (found.confirm) {
      this.#confirming = found;
      const { title, text, yes, no } = found.confirm;
      const colon = /[?!.]$/.test(title) ? '' : ':';
      this.#screen.print([`${this.#style.bold(title)}${colon} ${text}`, `y for "${yes}", anything else for "${no}".`]);
    } else {
      await this.#click(control, found);
    }
  }

  /** False when the line is no answer but the next command: the dialog is closed, and the line is to be obeyed. */
  async #confirm(control: ControlClient, pressable: Pressable, answer: string): Promise<boolean> {
    this.#confirming = undefined;
    const yes = ['y', 'yes', pressable.confirm?.yes.toLowerCase()].includes(answer.trim().toLowerCase());
    if (yes) await this.#click(control, pressable);
    else this.#screen.print([`${pressable.label} was not sent.`]);
    return yes || ['nothing', 'mistake', 'press', 'press-label'].includes(parseLine(answer).kind);
  }

  async #click(
    control: ControlClient,
    { message, channel, actionId, blockId, value, label }: Pressable,
  ): Promise<void> {
    this.#screen.print([this.#style.dim(`${this.#me} presses ${label}`)]);
    const seen = await control.click({
      as: this.#me,
      message,
      channel,
      action: actionId,
      block: blockId,
      ...(value !== undefined && { value }),
    });
    if (seen.outcome !== 'acknowledged') this.#screen.print([seen.text]);
  }

  #become(name: string): void {
    const person = this.#people.find((candidate) => candidate.name === name.toLowerCase() || candidate.id === name);
    if (person) this.#me = person.name;
    const names = this.#people.map((candidate) => candidate.name).join(', ');
    this.#screen.print([
      person ? `You are ${person.realName} (${person.name}).` : `Nobody is called "${name}"; there are ${names}.`,
    ]);
  }

  #take(event: ControlEvent): void {
    if (event.type === 'snapshot') {
      this.#people = event.snapshot.people;
      const asked = this.#me || this.#options.as;
      this.#me = this.#people.find(({ name }) => name === asked)?.name ?? this.#people[0]?.name ?? '';
      this.#screen.print(invitation(event.snapshot, this.#style));
      this.#ready.resolve();
    }
    if (event.type === 'resetting') this.#screen.print(['A new world is being made. This takes a few seconds.']);
    if (!BACKGROUND.has(event.type)) this.#lastEvent = Date.now();
    this.#feed.take(event);
    if (event.type === 'slack' && event.change.type === 'views')
      this.#showDialog(event.change.user, event.change.views);
  }

  #showDialog(user: string, views: View[]): void {
    if (this.#people.find(({ id }) => id === user)?.name !== this.#me) return;
    const top = views.at(-1);
    if (!top) {
      this.#dialog = undefined;
    } else if (this.#dialog?.viewId !== top.id) {
      this.#dialog = new Dialog(top, this.#feed.context);
      const lines = [...this.#dialog.introduction(), ...this.#dialog.question()];
      this.#feed.note(lines);
      this.#screen.print(lines);
    }
  }

  async #fillIn(control: ControlClient, dialog: Dialog, text: string): Promise<void> {
    if (text.trim().toLowerCase() === 'cancel') {
      this.#dialog = undefined;
      await control.view({ as: this.#me, close: true });
      this.#screen.print(['Not sent.']);
      return;
    }
    const wrong = dialog.answer(text);
    const question = dialog.question();
    if (wrong !== undefined || question.length > 0) {
      this.#screen.print([...(wrong === undefined ? [] : [wrong]), ...question]);
      return;
    }
    const seen = await control.view({ as: this.#me, values: dialog.values });
    if (seen.outcome === 'failed') this.#screen.print([seen.text, 'Press Enter to send it again, or type cancel.']);
    else if (seen.errors) this.#screen.print([...dialog.reopen(seen.errors), ...dialog.question()]);
  }

  #ask(): void {
    this.#screen.ask(`${this.#me}> `);
  }

  /** Lets what a piped line set off be seen before the next line is read. */
  async #settle(): Promise<void> {
    const from = Date.now();
    while (Date.now() - from < LONGEST) {
      const quietFor = Date.now() - Math.max(from, this.#lastEvent);
      if (quietFor >= QUIET) return;
      await new Promise((resolve) => setTimeout(resolve, QUIET - quietFor));
    }
  }
}
