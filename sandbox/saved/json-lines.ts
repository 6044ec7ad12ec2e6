import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';

const NEWLINE = 10;

/** A file with one JSON value a line, that only grows. Appends reach it in order. */
export class JsonLines<T> {
  readonly #file: string;
  #handle: Promise<FileHandle> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(file: string) {
    this.#file = file;
  }

  /** All values, oldest first; a last line that a kill cut short is left out. Empty when there is no file. */
  async read(): Promise<T[]> {
    return (await this.#lines()).map((line) => JSON.parse(line) as T);
  }

  /**
   * The newest `most` values; older ones are removed from the file, which is replaced whole: a kill in that moment
   * leaves the old one. To be called before anything is appended.
   */
  async readNewest(most: number): Promise<T[]> {
    const lines = await this.#lines();
    const newest = lines.slice(-most);
    if (newest.length < lines.length) {
      await writeFile(`${this.#file}.new`, newest.map((line) => `${line}\n`).join(''), { mode: 0o600 });
      await rename(`${this.#file}.new`, this.#file);
    }
    return newest.map((line) => JSON.parse(line) as T);
  }

  /** Returns at once; `close` throws what it failed with. */
  append(values: readonly T[]): void {
    if (values.length === 0) return;
    this.#handle ??= this.#open();
    const handle = this.#handle;
    const text = values.map(toLine).join('');
    this.#last = this.#last
      .then(async () => (await handle).appendFile(text))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }

  /** Waits until everything is in the file, and closes it. */
  async close(): Promise<void> {
    await this.#last;
    await (await this.#handle)?.close();
    this.#handle = undefined;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #open(): Promise<FileHandle> {
    // A line that a kill cut short must not run into the next one.
    const whole = await this.#wholeLines();
    const handle = await open(this.#file, 'a', 0o600);
    await handle.truncate(whole.length);
    return handle;
  }

  async #lines(): Promise<string[]> {
    const text = (await this.#wholeLines()).toString('utf8');
    return text.split('\n').filter((line) => line !== '');
  }

  async #wholeLines(): Promise<Buffer> {
    try {
      const bytes = await readFile(this.#file);
      return bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    }
  }
}

function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
