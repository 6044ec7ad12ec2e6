import type { System } from '../../../src/domain/system.ts';
import { panelOf, type RoutingControlState } from './state.ts';

/** The system's routing controls: traffic is let into the primary region, and never into none. */
export function createRoutingControls({ routingControls, regions }: System): RoutingControlState | undefined {
  if (!routingControls) return undefined;
  const { endpoints, controls } = routingControls;
  const arns = Object.values(controls);
  const rule = {
    arn: `${panelOf(arns[0] ?? '')}/safetyrule/aaaa000000000001`,
    name: 'at-least-one-region',
    controls: arns,
    atLeast: 1,
  };
  return {
    regions: endpoints.map(({ region }) => region),
    controls: Object.fromEntries(
      Object.entries(controls).map(([region, arn]) => [
        arn,
        { arn, name: region, state: region === regions.primary ? ('On' as const) : ('Off' as const) },
      ]),
    ),
    rules: arns.length > 0 ? [rule] : [],
  };
}
