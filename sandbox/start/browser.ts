import open from 'open';

/**
 * Opens an address in the browser of whoever started this, where there is one: a person at a terminal with a desktop.
 * Its address was printed, so nothing is said when it does not work.
 */
export async function openBrowser(url: string): Promise<void> {
  const hasDesktop = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!process.stdout.isTTY || process.env.CI || process.env.SSH_CONNECTION || !hasDesktop) return;
  await open(url).catch(() => undefined);
}
