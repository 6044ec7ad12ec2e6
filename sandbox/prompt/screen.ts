import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Where lines are typed and shown. What is shown meanwhile does not tear what is being typed. */
export interface Screen {
  /** Typed lines, in order; ends with the input. */
  lines: AsyncIterable<string>;
  print(lines: string[]): void;
  /** Shows who types next. */
  ask(prompt: string): void;
  /** Resolves when somebody pressed Ctrl-C. */
  interrupted: Promise<void>;
  close(): void;
}

export function openScreen(input: Readable, output: Writable, interactive: boolean): Screen {
  const terminal: Interface = createInterface({
    input,
    output: interactive ? output : undefined,
    terminal: interactive,
  });
  const interruption = Promise.withResolvers<void>();
  let asking = false;
  let closed = false;
  terminal.on('SIGINT', () => {
    interruption.resolve();
    terminal.close();
  });
  terminal.on('close', () => {
    asking = false;
    closed = true;
  });
  return {
    lines: terminal,
    interrupted: interruption.promise,
    print(lines) {
      if (interactive && asking) {
        cursorTo(output, 0);
        clearLine(output, 0);
      }
      output.write(`${lines.join('\n')}\n`);
      if (interactive && asking) terminal.prompt(true);
    },
    ask(prompt) {
      if (!interactive || closed) return;
      asking = true;
      terminal.setPrompt(prompt);
      terminal.prompt();
    },
    close: () => terminal.close(),
  };
}
