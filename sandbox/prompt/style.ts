/** How words are made to stand out; without colour every function returns its text as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  accent(text: string): string;
  alarm(text: string): string;
}

const sequence = (open: number, close: number) => (text: string) => `\u001B[${open}m${text}\u001B[${close}m`;
const asItIs = (text: string) => text;

export const COLOURED: Style = {
  bold: sequence(1, 22),
  dim: sequence(2, 22),
  accent: sequence(36, 39),
  alarm: sequence(33, 39),
};

export const PLAIN: Style = { bold: asItIs, dim: asItIs, accent: asItIs, alarm: asItIs };
