import { z } from 'zod';

const person = z.string().min(1, 'say who: requester, approver, commander or bystander');

const values = z.record(
  z.string(),
  z.record(z.string(), z.union([z.string(), z.array(z.string()), z.looseObject({ type: z.string() })])),
);

export const CommandRequest = z.strictObject({
  as: person,
  channel: z.string().min(1).default('incident-response'),
  text: z.string().trim().regex(/^\//, 'write a slash command, for example /dr failover chatbot'),
});

export const MessageRequest = z.strictObject({
  as: person,
  channel: z.string().min(1),
  text: z.string(),
  /** `ts` of the thread, or of any message in it. */
  threadTs: z.string().min(1).optional(),
});

export const ClickRequest = z.strictObject({
  as: person,
  /** `ts` of the message. */
  message: z.string().min(1),
  /** Found by the message when it is absent. */
  channel: z.string().optional(),
  /** The element's action id. */
  action: z.string().min(1),
  block: z.string().optional(),
  value: z.string().optional(),
  state: values.optional(),
});

export const ViewRequest = z.strictObject({
  as: person,
  /** Inputs by block id and action id. */
  values: values.default({}),
  /** Closes the dialog instead of sending it. */
  close: z.boolean().default(false),
});

export const FaultRequest = z.strictObject({ name: z.string().min(1) });

export const FaultQuery = z.strictObject({ name: z.string().min(1).optional() });

export const PageRequest = z.strictObject({ id: z.string().min(1), action: z.enum(['acknowledge', 'resolve']) });

export const ClockRequest = z.strictObject({
  /** World seconds per second; 0 pauses the world. */
  speed: z.number('speed is a number, 0 to pause').min(0).max(60, 'the world runs at most 60 times as fast'),
});

export const ResetRequest = z.strictObject({
  system: z.string().min(1).optional(),
  seed: z.int('the seed is a whole number').optional(),
  faults: z.array(z.string().min(1)).optional(),
});
