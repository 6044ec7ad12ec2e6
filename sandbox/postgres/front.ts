import type { Condition } from '../world/condition.ts';
import type { FleetState } from './fleet.ts';
import { openGate } from './gate.ts';

/** How a name is reached: from outside its region, and from within. */
export interface Reached {
  /** 0 while the server does not run. */
  serverPort: number;
  outside: Condition;
  inside: Condition;
  overloaded: boolean;
}

/** The two gates of one name: the network may be broken for those outside of the region and not for those within. */
export interface Front {
  port: number;
  /** Behaves from now on as `reached` says. */
  apply(): void;
  cut(): void;
  close(): Promise<void>;
}

/**
 * Opens the gates of `name`, the outer one on the port that the fleet's state keeps, or on a free one when somebody else
 * has taken it; and writes there what they are.
 */
export async function openFront(state: FleetState, name: string, reached: () => Reached): Promise<Front> {
  const first = reached();
  let wasOverloaded = first.overloaded;
  const { serverPort } = first;
  const overloaded = () => reached().overloaded;
  const port = state.ports[name];
  const outer = await openGate({
    ...{ serverPort, condition: first.outside, overloaded },
    ...(port === undefined ? {} : { port }),
  });
  const inner = await openGate({ serverPort, condition: first.inside, overloaded });
  const gates = [outer, inner];
  state.ports[name] = outer.port;
  state.innerPorts = { ...state.innerPorts, [name]: inner.port };
  const cut = () => {
    for (const gate of gates) gate.cut();
  };
  return {
    port: outer.port,
    cut,
    apply() {
      const now = reached();
      for (const gate of gates) gate.retarget(now.serverPort);
      outer.apply(now.outside);
      inner.apply(now.inside);
      // Who is connected already is not spared: the load takes it from all.
      if (now.overloaded !== wasOverloaded && now.outside !== 'hang') cut();
      wasOverloaded = now.overloaded;
    },
    async close() {
      if (state.innerPorts) delete state.innerPorts[name];
      await Promise.all(gates.map((gate) => gate.close()));
    },
  };
}
