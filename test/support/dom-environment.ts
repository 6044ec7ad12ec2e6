import HappyDomEnvironment from '@happy-dom/jest-environment';

/** happy-dom's document, and what every browser has that it leaves out. */
export default class DomEnvironment extends HappyDomEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, { structuredClone });
    // <search> is unknown to it; React complains of unknown elements by this name.
    Object.defineProperty(this.window.HTMLUnknownElement.prototype, Symbol.toStringTag, { value: 'HTMLElement' });
  }
}
