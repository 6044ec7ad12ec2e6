import names from 'emojibase-data/en/shortcodes/iamcal.json' with { type: 'json' };

/** Slack's own names (those of its data set, iamcal/emoji-data), each with its characters. */
const characters = new Map(
  Object.entries(names).flatMap(([codes, shortcodes]) =>
    [shortcodes]
      .flat()
      .map((name) => [name, coloured(String.fromCodePoint(...codes.split('-').map(codePoint)))] as const),
  ),
);

/** The characters of `:name:` (given without the colons, a skin tone as `wave::skin-tone-3`); nothing for an unknown name. */
export function emojiNamed(name: string): string | undefined {
  const [base = '', tone] = name.split('::');
  const character = characters.get(base);
  if (character === undefined || tone === undefined) return character;
  const skin = characters.get(tone);
  return skin === undefined ? character : character.replace('\u{FE0F}', '') + skin;
}

/** How a screen reader says it: `white check mark`. */
export function spokenName(name: string): string {
  return (name.split('::')[0] ?? name).replaceAll(/[_-]+/g, ' ').trim() || name;
}

function codePoint(hexadecimal: string): number {
  return Number.parseInt(hexadecimal, 16);
}

/** Characters that are text unless asked otherwise (ℹ, ✔) are asked to be pictures. */
function coloured(character: string): string {
  return /^.$/su.test(character) && !/\p{Emoji_Presentation}/u.test(character) ? `${character}\u{FE0F}` : character;
}
