/** The address of a link that may be followed (http, https, mailto); nothing for any other, which is shown as text. */
export function safeLink(address: string): string | undefined {
  if (!/^(https?:\/\/[^\s]|mailto:[^\s])/i.test(address)) return undefined;
  try {
    return new URL(address).href;
  } catch {
    return undefined;
  }
}

/** What every link has: it opens beside the page, and the page it opens learns nothing of this one. */
export const OUTWARD = { target: '_blank', rel: 'noreferrer noopener' } as const;
