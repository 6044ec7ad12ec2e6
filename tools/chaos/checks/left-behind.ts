import type { Check } from './check.ts';

export const noLeaseIsLeft: Check = {
  name: 'no lease is left',
  atTheEnd: true,
  check: ({ rows }) =>
    rows.leases.flatMap(({ name, holder, live }) => {
      const isWatched = name.startsWith('watch/') && rows.watches.some((watch) => name === `watch/${watch}`);
      return live && !isWatched ? [`${holder} still holds the lease ${name}.`] : [];
    }),
};

export const noTimerIsLeft: Check = {
  name: 'no timer is armed',
  atTheEnd: true,
  check: ({ rows }) => rows.timers.flatMap(({ id, state }) => (state === 'armed' ? [`The timer ${id} is armed.`] : [])),
};

export const noLockIsLeft: Check = {
  name: 'no lock is held',
  atTheEnd: true,
  check: ({ rows }) => rows.locks.map(({ name, owner }) => `${owner} still holds the lock ${name}.`),
};

export const nothingIsUndelivered: Check = {
  name: 'every message is delivered',
  atTheEnd: true,
  check: ({ rows }) =>
    rows.deliveries.flatMap(({ key, state, lastError }) =>
      // Whether a page had to go out, the incident says.
      state === 'sent' || !key.startsWith('slack/')
        ? []
        : [`${key} was not delivered${lastError ? ` (${lastError})` : ''}.`],
    ),
};
