/** The parts of something that runs, in the order in which they were started; they end in the opposite one. */
export class Parts {
  readonly #ends: (() => unknown)[] = [];
  #closing: Promise<void> | undefined;

  /** Waits for a part and gives it back; `end` is called when all end. Throws what the start throws. */
  async keep<T>(starting: Promise<T>, end: (part: T) => unknown): Promise<T> {
    const part = await starting;
    this.onClose(() => end(part));
    return part;
  }

  onClose(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** Ends all parts, the newest first; one that fails leaves no other running, and is thrown afterwards. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.#ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
