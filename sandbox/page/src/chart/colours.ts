const NAMES = [
  'text',
  'text-dim',
  'surface',
  'sunken',
  'line',
  'line-strong',
  'accent',
  'accent-ground',
  'good',
  'warn',
  'bad',
] as const;

/** The page's colours as a canvas can take them. */
export type Colours = Record<(typeof NAMES)[number], string> & { font: string };

/** Reads the variables as they apply to `element` now; a canvas does not know `light-dark()`. */
export function readColours(element: HTMLElement): Colours {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const colours = { font: getComputedStyle(element).fontFamily } as Colours;
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}
