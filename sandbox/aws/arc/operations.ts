import { z } from 'zod';
import type { WorldState } from '../../world/state.ts';
import { AwsError } from '../errors.ts';
import { defineJsonOperation } from '../json/protocol.ts';
import { lookUp } from '../look-up.ts';
import { page } from '../pages.ts';
import { panelOf, type RoutingControl, type RoutingControlState } from './state.ts';

const MOST = 100;
const PANEL_NAME = 'failover';

const Arn = z.string().min(1).max(255);
const Entry = z.object({ RoutingControlArn: Arn, RoutingControlState: z.enum(['On', 'Off']) });
type Entry = z.infer<typeof Entry>;
const Overridden = z.array(Arn).default([]);

export const getRoutingControlState = defineJsonOperation({
  name: 'GetRoutingControlState',
  mutating: false,
  input: z.object({ RoutingControlArn: Arn }),
  resource: ({ RoutingControlArn }) => nameOf(RoutingControlArn),
  answer({ RoutingControlArn }, { world }) {
    const { arn, name, state } = find(world.state, RoutingControlArn);
    return { RoutingControlArn: arn, RoutingControlName: name, RoutingControlState: state };
  },
});

export const listRoutingControls = defineJsonOperation({
  name: 'ListRoutingControls',
  mutating: false,
  input: z.object({
    ControlPanelArn: Arn.optional(),
    NextToken: z.string().optional(),
    MaxResults: z.int().min(1).optional(),
  }),
  resource: () => '*',
  answer({ ControlPanelArn, NextToken, MaxResults = MOST }, { world }) {
    const all = Object.values(clusterOf(world.state).controls).filter(
      ({ arn }) => ControlPanelArn === undefined || panelOf(arn) === ControlPanelArn,
    );
    if (ControlPanelArn !== undefined && all.length === 0) throw notFound(ControlPanelArn);
    const invalid = new AwsError('ValidationException', 'Invalid NextToken');
    const { items, marker } = page(all, ({ arn }) => arn, Math.min(MaxResults, MOST), NextToken, invalid);
    const RoutingControls = items.map(({ arn, name, state }) => ({
      ControlPanelArn: panelOf(arn),
      ControlPanelName: PANEL_NAME,
      RoutingControlArn: arn,
      RoutingControlName: name,
      RoutingControlState: state,
    }));
    return { RoutingControls, ...(marker !== undefined && { NextToken: marker }) };
  },
});

export const updateRoutingControlState = defineJsonOperation({
  name: 'UpdateRoutingControlState',
  mutating: true,
  input: Entry.extend({ SafetyRulesToOverride: Overridden }),
  resource: ({ RoutingControlArn }) => nameOf(RoutingControlArn),
  answer({ SafetyRulesToOverride, ...entry }, { world }) {
    update(world.state, [entry], SafetyRulesToOverride);
    return {};
  },
});

export const updateRoutingControlStates = defineJsonOperation({
  name: 'UpdateRoutingControlStates',
  mutating: true,
  input: z.object({
    UpdateRoutingControlStateEntries: z.array(Entry).min(1),
    SafetyRulesToOverride: Overridden,
  }),
  resource: ({ UpdateRoutingControlStateEntries: entries }) =>
    entries.map(({ RoutingControlArn }) => nameOf(RoutingControlArn)).join(','),
  answer({ UpdateRoutingControlStateEntries, SafetyRulesToOverride }, { world }) {
    update(world.state, UpdateRoutingControlStateEntries, SafetyRulesToOverride);
    return {};
  },
});

/** All of them or none: what a safety rule forbids is refused before anything changes. */
function update(state: WorldState, entries: readonly Entry[], overridden: readonly string[]): void {
  const { controls, rules } = clusterOf(state);
  const changed = entries.map((entry) => ({
    control: find(state, entry.RoutingControlArn),
    to: entry.RoutingControlState,
  }));
  if (new Set(changed.map(({ control }) => control.arn)).size < changed.length) {
    throw new AwsError('ValidationException', 'A routing control may be named only once in a request');
  }
  const unknown = overridden.find((arn) => !rules.some((rule) => rule.arn === arn));
  if (unknown !== undefined) throw notFound(unknown);
  const after = new Map(Object.values(controls).map(({ arn, state: now }) => [arn, now]));
  for (const { control, to } of changed) after.set(control.arn, to);
  for (const rule of rules) {
    const on = rule.controls.filter((arn) => after.get(arn) === 'On').length;
    const touched = changed.some(({ control }) => rule.controls.includes(control.arn));
    if (!touched || on >= rule.atLeast || overridden.includes(rule.arn)) continue;
    const sentence = `Unable to update routing control states: the safety rule ${rule.name} (${rule.arn}) requires at least ${rule.atLeast} of ${rule.controls.length} routing controls to be On`;
    throw new AwsError('ConflictException', sentence, 409);
  }
  for (const { control, to } of changed) control.state = to;
}

function clusterOf(state: WorldState): RoutingControlState {
  return state.routingControls ?? { regions: [], controls: {}, rules: [] };
}

function find(state: WorldState, arn: string): RoutingControl {
  const control = lookUp(clusterOf(state).controls, arn);
  if (!control) throw notFound(arn);
  return control;
}

function notFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Could not find resource with ARN: ${arn}`, 404);
}

const nameOf = (arn: string) => arn.split('/').at(-1) ?? arn;
