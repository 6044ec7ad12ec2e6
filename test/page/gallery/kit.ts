import type { Gallery, GalleryItem } from '../../../sandbox/page/src/gallery/gallery.ts';
import type { Block } from '../../../sandbox/slack/state.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const option = (value: string, text: string, description?: string) => ({
  value,
  text: plain(text),
  ...(description !== undefined && { description: plain(description) }),
});
const words = (text: string) => ({ type: 'text', text });
const rich = (...elements: object[]) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
});
const button = (action_id: string, text: string, more: object = {}) => ({
  type: 'button',
  action_id,
  text: plain(text),
  ...more,
});
const cell = (text: string) => ({ type: 'raw_text', text });
const input = (block_id: string, label: string, element: object, more: object = {}) => ({
  type: 'input',
  block_id,
  label: plain(label),
  element: { action_id: 'value', ...element },
  ...more,
});

const REGIONS = [option('us-east-1', 'US East'), option('us-west-2', 'US West'), option('eu-central-1', 'Frankfurt')];
const OVERFLOW = {
  type: 'overflow',
  action_id: 'more',
  options: [
    option('details', 'Details'),
    { ...option('log', 'Log', 'of the last hour'), url: 'https://example.com/log' },
  ],
};
const CONFIRM = {
  title: plain('Approve plan INC-1.p1?'),
  text: mrkdwn('It starts at once. "Promote the replica" *cannot be taken back*.'),
  confirm: plain('Approve and start'),
  deny: plain('Not yet'),
};

const TEXT: Block[] = [
  { type: 'header', text: plain('INC-1 · AI Chatbot: Primary region failure (P0)') },
  {
    type: 'section',
    text: mrkdwn(
      '*bold* _italic_ ~strike~ `code` :rotating_light: <@U0APPROVER> <#C0GENERAL> <!here> <https://example.com|a link>\n> a quote\n```SELECT pg_promote();```\n• one\n• two',
    ),
  },
  { type: 'divider' },
  { type: 'section', fields: [mrkdwn('*Detected*\n12:19:34 UTC'), mrkdwn('*RTO*\n5 min 27 s left')] },
  { type: 'section', text: mrkdwn('With a button'), accessory: button('details', 'Details') },
  { type: 'section', text: mrkdwn('With a way out'), accessory: OVERFLOW },
  {
    type: 'section',
    text: mrkdwn('With a picture from elsewhere'),
    accessory: { type: 'image', image_url: 'https://example.com/lag.png', alt_text: 'replication lag, rising' },
  },
  { type: 'image', image_url: 'https://example.com/lag.png', alt_text: 'replication lag', title: plain('Lag') },
  { type: 'context', elements: [mrkdwn('Declared by <@U0REQUESTER>'), plain('as of 12:30:13 UTC')] },
];

const CONTROLS: Block[] = [
  {
    type: 'actions',
    elements: [
      button('approve', 'Approve', { style: 'primary', confirm: CONFIRM }),
      button('reject', 'Reject'),
      button('abort', 'Abort', { style: 'danger', confirm: { ...CONFIRM, style: 'danger' } }),
      button('graph', 'Open the graph', { url: 'https://example.com/graph' }),
      OVERFLOW,
    ],
  },
  {
    type: 'actions',
    elements: [
      { type: 'static_select', action_id: 'one', placeholder: plain('Which region?'), options: REGIONS },
      { type: 'users_select', action_id: 'who', placeholder: plain('Who?') },
      { type: 'conversations_select', action_id: 'where', placeholder: plain('Where?') },
      { type: 'channels_select', action_id: 'channel', placeholder: plain('Which channel?') },
      { type: 'multi_static_select', action_id: 'many', placeholder: plain('Which regions?'), options: REGIONS },
      { type: 'datepicker', action_id: 'date' },
      { type: 'timepicker', action_id: 'time' },
    ],
  },
  {
    type: 'actions',
    elements: [
      {
        type: 'checkboxes',
        action_id: 'boxes',
        options: [option('fence', 'Fence', 'the old primary'), option('scale', 'Scale')],
      },
      {
        type: 'radio_buttons',
        action_id: 'radio',
        options: [option('emergency', 'Emergency'), option('planned', 'Planned')],
      },
    ],
  },
];

const PLANS: Block[] = [
  {
    type: 'plan',
    title: 'Data recovery · 1 min 2 s of 10 min',
    tasks: [
      { type: 'task_card', task_id: '1', title: 'Stop writes', status: 'complete', details: rich(words('signed for')) },
      {
        type: 'task_card',
        task_id: '2',
        title: 'Promote the replica',
        status: 'in_progress',
        details: rich(words('for 1 min')),
      },
      { type: 'task_card', task_id: '3', title: 'Sign in', status: 'pending' },
      {
        type: 'task_card',
        task_id: '4',
        title: 'Accept writes',
        status: 'error',
        output: rich(words('refused')),
        sources: [{ type: 'url', url: 'https://example.com/log', text: 'log' }],
      },
    ],
  },
  { type: 'task_card', task_id: '5', title: 'Scale', status: 'in_progress', details: rich(words('14 of 20 ready')) },
];

const RICH: Block[] = [
  {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_section', elements: [words('A paragraph '), { type: 'user', user_id: 'U0APPROVER' }] },
      { type: 'rich_text_list', style: 'bullet', elements: [{ type: 'rich_text_section', elements: [words('one')] }] },
      { type: 'rich_text_quote', elements: [words('quoted')] },
      { type: 'rich_text_preformatted', elements: [words('SELECT 1;')] },
    ],
  },
  { type: 'table', rows: [['Step', 'Took'].map(cell), ['Promote the replica', '3 min 56 s'].map(cell)] },
  { type: 'markdown', text: '## Markdown\n\n- [x] done\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n' },
];

const MODAL: Block[] = [
  { type: 'alert', level: 'warning', text: mrkdwn('Skipping *Restart* leaves pods on the old primary.') },
  input(
    'reason',
    'Reason',
    { type: 'plain_text_input', multiline: true, focus_on_load: true },
    { hint: plain('It is read afterwards.') },
  ),
  input('ticket', 'Ticket', { type: 'url_text_input' }, { optional: true }),
  input('mail', 'Mail', { type: 'email_text_input' }),
  input('count', 'Replicas', { type: 'number_input', is_decimal_allowed: false }),
  input('region', 'Region', { type: 'static_select', options: REGIONS }),
  input('people', 'Who knows', { type: 'multi_users_select' }),
  input('mode', 'Mode', {
    type: 'radio_buttons',
    options: [option('emergency', 'Emergency'), option('planned', 'Planned')],
  }),
  input('checks', 'Checked', { type: 'checkboxes', options: [option('sign-in', 'Sign-in'), option('logs', 'Logs')] }),
  input('from', 'From', { type: 'datetimepicker' }),
];

const item = (id: string, title: string, blocks: Block[], more: Partial<GalleryItem> = {}): GalleryItem => ({
  id,
  title,
  now: 'Approve or reject plan INC-1.p1.',
  kind: 'message',
  message: { text: `${title}: *read* by <@U0APPROVER>`, blocks },
  ...more,
});

/** Every block and element once, and one message that Slack refuses. */
export const KIT: Gallery = {
  made: '2026-11-21T12:30:00.000Z',
  groups: [
    {
      title: 'Block Kit',
      items: [
        item('text', 'Text', TEXT),
        item('controls', 'Buttons and menus', CONTROLS, { kind: 'ephemeral' }),
        item('plans', 'Plans', PLANS, {
          kind: 'thread',
          fallbacks: [{ name: 'text', text: 'Data recovery', blocks: [] }],
        }),
        item('rich', 'Rich text', RICH),
        item('modal', 'Skip a step', MODAL, { kind: 'modal' }),
      ],
    },
    { title: 'Refused', items: [item('refused', 'Unknown', [{ type: 'hologram', text: plain('Behold') }])] },
  ],
};
