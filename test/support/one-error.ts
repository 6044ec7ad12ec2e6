import { types } from 'node:util';

/**
 * Jest runs a test in a realm of its own, where an error of Node's core (a socket's, a file's) is no `Error`. Libraries
 * that ask `instanceof Error`, as the AWS SDK does before it repeats a call, would behave otherwise than in the bot.
 */
const ordinary = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown) {
    return this === Error ? types.isNativeError(value) : ordinary.call(this as typeof Error, value);
  },
});
