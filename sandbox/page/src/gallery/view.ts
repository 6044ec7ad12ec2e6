/** How the gallery is looked at. */
export interface View {
  width: 'both' | 'phone' | 'desktop';
  scheme: 'system' | 'light' | 'dark';
}

export const WIDTHS = { both: 'Both', phone: 'Telephone', desktop: 'Desktop' } as const;
export const SCHEMES = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

/** What a link to the gallery may choose: `?width=phone&scheme=dark`. */
export function viewOf(search: string): View {
  const chosen = new URLSearchParams(search);
  return {
    width: oneOf(WIDTHS, chosen.get('width')) ?? 'both',
    scheme: oneOf(SCHEMES, chosen.get('scheme')) ?? 'system',
  };
}

function oneOf<Key extends string>(words: Record<Key, string>, value: string | null): Key | undefined {
  return value !== null && Object.hasOwn(words, value) ? (value as Key) : undefined;
}
