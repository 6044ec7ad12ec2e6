/**
 * A word of a shell command (sh, bash, zsh), quoted where it must be. Whatever it holds stays text: nothing in it is
 * expanded.
 */
export function quote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  // Nothing of this is special between double quotes, not even to an interactive shell.
  if (!/["$`\\!]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A value in an assignment: always between quotes, so that the file reads evenly. */
export function quoteValue(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A libpq connection string: `service=chatbot-prod user=app`. */
export function connection(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${/^[\w.-]+$/.test(value) ? value : `'${value.replace(/[\\']/g, '\\$&')}'`}`)
    .join(' ');
}
