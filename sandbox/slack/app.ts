/** The one app that is installed in the simulated workspace, and the workspace itself. */
export const APP = {
  id: 'A0LIFEBOAT',
  name: 'Lifeboat',
  botId: 'B0LIFEBOAT',
  botUserId: 'U0LIFEBOAT',
  /** The slash commands of its manifest. */
  commands: ['/dr'],
} as const;

export const TEAM = { id: 'T0SANDBOX', domain: 'sandbox', name: 'Sandbox' } as const;

/** Slack's own voice: what it tells a person when the app did not answer. */
export const SLACKBOT = 'USLACKBOT';
