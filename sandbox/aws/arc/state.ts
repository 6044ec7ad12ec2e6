/** Routing controls of one cluster, their safety rules, and where its endpoints are. */
export interface RoutingControlState {
  /** Regions of the cluster's data-plane endpoints. */
  regions: string[];
  /** By ARN. */
  controls: Record<string, RoutingControl>;
  rules: SafetyRule[];
}

export interface RoutingControl {
  arn: string;
  name: string;
  state: 'On' | 'Off';
}

/** An assertion: of these controls, at least so many are On after every change. */
export interface SafetyRule {
  arn: string;
  name: string;
  controls: string[];
  atLeast: number;
}

/** `arn:…:controlpanel/0123…`, to which a routing control belongs. */
export function panelOf(control: string): string {
  return control.split('/routingcontrol/')[0] ?? control;
}
