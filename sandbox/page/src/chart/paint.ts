import type uPlot from 'uplot';
import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { Mark, RecoveryPicture, WriteBucket } from '../../../control/wire.ts';
import type { Colours } from './colours.ts';
import { placeFlags } from './flags.ts';
import { type Phase, rtoEndOf } from './view.ts';

/** What is drawn on the plot, besides its axes. */
export interface Drawing {
  bars: readonly WriteBucket[];
  /** Those that are numbered in the list. */
  marks: readonly Mark[];
  phases: readonly Phase[];
  recovery: RecoveryPicture | undefined;
  now: number;
  colours: Colours;
}

/** CSS pixels of the two rows above the plot: the phases, and the flags of the marks. */
export const PHASES = 20;
export const FLAGS = 22;

/** Colour of a mark: what broke, what was mended, and what people and machines did in between. */
export function markTone(kind: Mark['kind']): 'bad' | 'good' | 'accent' {
  if (kind === 'fault') return 'bad';
  return kind === 'mended' || kind === 'recovery' ? 'good' : 'accent';
}

/** Draws below the axes: what lies ahead, and the bars. */
export function paintBars(plot: uPlot, { bars, now, colours }: Drawing): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const x = (time: number) => Math.max(left, Math.min(left + width, plot.valToPos(time / 1000, 'x', true)));
  const middle = Math.round(plot.valToPos(0, 'y', true));
  const full = middle - plot.valToPos(1, 'y', true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.fillStyle = colours.sunken;
  ctx.fillRect(x(now), top, left + width - x(now), height);
  const gap = devicePixelRatio;
  for (const bar of bars) {
    const total = bar.acknowledged + bar.failed;
    const [from, to] = [x(bar.from), x(Math.min(bar.to, now))];
    if (total === 0 || to <= from) continue;
    // Between narrow bars gaps would be stripes of their own.
    const barWidth = to - from < 10 * gap ? Math.ceil(to) - Math.floor(from) : to - from - gap;
    const start = to - from < 10 * gap ? Math.floor(from) : from;
    const kept = ((bar.acknowledged - bar.lost) / total) * full;
    const lost = (bar.lost / total) * full;
    const failed = (bar.failed / total) * full;
    fill(colours.good, start, middle - kept, barWidth, kept);
    if (lost > 0) fill(hatch(ctx, colours.warn), start, middle - kept - lost, barWidth, lost);
    fill(colours.bad, start, middle, barWidth, failed);
  }
  ctx.fillStyle = colours['line-strong'];
  ctx.fillRect(left, middle - gap / 2, width, gap);
  ctx.restore();

  function fill(
    style: string | CanvasPattern,
    fromX: number,
    fromY: number,
    barWidth: number,
    barHeight: number,
  ): void {
    ctx.fillStyle = style;
    ctx.fillRect(fromX, fromY, barWidth, barHeight);
  }
}

/** Draws above everything: phases, the lines of the marks with their flags, and the end of the RTO. */
export function paintMarks(plot: uPlot, drawing: Drawing): void {
  const { ctx } = plot;
  ctx.save();
  ctx.textBaseline = 'middle';
  paintPhases(plot, drawing);
  paintRto(plot, drawing);
  paintFlags(plot, drawing);
  paintZone(plot, drawing);
  ctx.restore();
}

function paintPhases(plot: uPlot, { phases, colours }: Drawing): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const { left, top, width } = plot.bbox;
  const y = top - (FLAGS + PHASES) * ratio;
  const height = (PHASES - 2) * ratio;
  ctx.textAlign = 'left';
  for (const { name, from, to, isRunning } of phases) {
    const start = Math.max(left, plot.valToPos(from / 1000, 'x', true));
    const end = Math.min(left + width, plot.valToPos(to / 1000, 'x', true));
    if (end - start < ratio) continue;
    ctx.fillStyle = isRunning ? colours['accent-ground'] : colours.sunken;
    ctx.fillRect(start, y, end - start - ratio, height);
    ctx.fillStyle = isRunning ? colours.accent : colours['line-strong'];
    ctx.fillRect(start, y + height - 2 * ratio, end - start - ratio, 2 * ratio);
    const text = [`${name} ${formatSeconds((to - from) / 1000)}`, name].find((words) => {
      ctx.font = `600 ${11 * ratio}px ${colours.font}`;
      return ctx.measureText(words).width < end - start - 9 * ratio;
    });
    ctx.fillStyle = isRunning ? colours.accent : colours['text-dim'];
    if (text !== undefined) ctx.fillText(text, start + 4 * ratio, y + height / 2 - ratio / 2);
  }
}

function paintFlags(plot: uPlot, { marks, colours }: Drawing): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const { left, top, width, height } = plot.bbox;
  const xs = marks.map(({ at }) => plot.valToPos(at / 1000, 'x', true));
  for (const [index, { kind }] of marks.entries()) {
    ctx.fillStyle = colours[markTone(kind)];
    ctx.fillRect(Math.round((xs[index] ?? 0) - ratio / 2), top - 4 * ratio, ratio, height + 4 * ratio);
  }
  ctx.font = `600 ${11 * ratio}px ${colours.font}`;
  ctx.textAlign = 'center';
  const widthOf = (label: string) => Math.max(16 * ratio, ctx.measureText(label).width + 8 * ratio);
  const flags = placeFlags(
    xs.map((x) => x - left),
    width,
    widthOf,
  );
  for (const { x, width: flagWidth, label, first, last } of flags) {
    const tones = new Set(marks.slice(first - 1, last).map(({ kind }) => markTone(kind)));
    const [tone = 'accent'] = tones;
    ctx.fillStyle = tones.size === 1 ? colours[tone] : colours['text-dim'];
    ctx.beginPath();
    ctx.roundRect(left + x - flagWidth / 2, top - 20 * ratio, flagWidth, 16 * ratio, 8 * ratio);
    ctx.fill();
    ctx.fillStyle = colours.surface;
    ctx.fillText(label, left + x, top - 11.5 * ratio);
  }
}

/** Which time the axis tells. */
function paintZone(plot: uPlot, { colours }: Drawing): void {
  const { ctx } = plot;
  const { left, top, height } = plot.bbox;
  ctx.font = `${11 * devicePixelRatio}px ${colours.font}`;
  ctx.textAlign = 'right';
  ctx.fillStyle = colours['text-dim'];
  ctx.fillText('UTC', left - 17 * devicePixelRatio, top + height + 15 * devicePixelRatio);
}

function paintRto(plot: uPlot, { recovery, colours }: Drawing): void {
  if (!recovery) return;
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const { left, top, width, height } = plot.bbox;
  const x = Math.round(plot.valToPos(rtoEndOf(recovery) / 1000, 'x', true));
  if (x < left || x > left + width) return;
  ctx.strokeStyle = colours.text;
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, top - 2 * ratio);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.setLineDash([]);
  const text = `RTO ${formatSeconds(recovery.rtoSeconds)}`;
  ctx.font = `600 ${11 * ratio}px ${colours.font}`;
  const boxWidth = ctx.measureText(text).width + 8 * ratio;
  const isLeft = x - boxWidth - 3 * ratio >= left;
  const box = {
    x: isLeft ? x - boxWidth - 3 * ratio : x + 3 * ratio,
    y: top + height - 20 * ratio,
    height: 16 * ratio,
  };
  ctx.fillStyle = colours.surface;
  ctx.fillRect(box.x, box.y, boxWidth, box.height);
  ctx.fillStyle = colours.text;
  ctx.textAlign = 'left';
  ctx.fillText(text, box.x + 4 * ratio, box.y + box.height / 2 + ratio / 2);
}

const hatches = new Map<string, CanvasPattern>();

/** Stripes, so that what is lost is told from the rest without colour too. */
function hatch(ctx: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const size = 6 * devicePixelRatio;
  const key = `${colour} ${size}`;
  const known = hatches.get(key);
  if (known) return known;
  const tile = new OffscreenCanvas(size, size);
  const pen = tile.getContext('2d');
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = size / 2;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift - 1, size + 1);
    pen.lineTo(shift + size + 1, -1);
    pen.stroke();
  }
  const pattern = ctx.createPattern(tile, 'repeat');
  if (pattern) hatches.set(key, pattern);
  return pattern ?? colour;
}
