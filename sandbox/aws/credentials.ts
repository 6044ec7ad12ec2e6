/** The one access key that the simulated account knows; `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of the bot. */
export const SANDBOX_CREDENTIALS = {
  accessKeyId: 'AKIALIFEBOATSANDBOX0',
  secretAccessKey: 'only-the-simulated-account-knows-this-key',
} as const;
