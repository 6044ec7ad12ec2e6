import uPlot from 'uplot';
import type { Colours } from './colours.ts';
import { type Drawing, FLAGS, PHASES, paintBars, paintMarks } from './paint.ts';
import type { Range } from './view.ts';

/** CSS pixels. */
const AXIS_WIDTH = 40;
const RIGHT = 10;
const HEIGHT = 200;

/** The strip: uPlot's axes and cursor, and what is drawn between them. */
export class Plot {
  readonly #plot: uPlot;
  #drawing: Drawing;
  #range: Range;
  #colours: Colours;

  /** `onHover` is told the bar under the pointer, by its place among the bars. */
  constructor(
    host: HTMLElement,
    { drawing, range, width }: { drawing: Drawing; range: Range; width: number },
    onHover: (bar: number | undefined) => void,
  ) {
    this.#drawing = drawing;
    this.#range = range;
    this.#colours = drawing.colours;
    const colour = (name: keyof Colours) => () => this.#colours[name];
    const axis = {
      stroke: colour('text-dim'),
      font: `11px ${drawing.colours.font}`,
      grid: { show: false },
      ticks: { stroke: colour('line'), size: 4, width: 1 },
    };
    this.#plot = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [PHASES + FLAGS, RIGHT, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        scales: {
          x: { time: true, range: () => [this.#range.from / 1000, this.#range.to / 1000] },
          y: { range: [-1.04, 1.04] },
        },
        axes: [
          {
            ...axis,
            size: 26,
            space: 60,
            values: (_plot, splits, _axis, _space, step) => splits.map((at) => clock(at, step)),
          },
          { ...axis, size: AXIS_WIDTH, gap: 2, splits: [-1, 0, 1], values: () => ['100 %', '0', '100 %'] },
        ],
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: {
          drawAxes: [(plot) => paintBars(plot, this.#drawing)],
          draw: [(plot) => paintMarks(plot, this.#drawing)],
          setCursor: [({ cursor }) => onHover(cursor.idx ?? undefined)],
        },
      },
      this.#data(),
      host,
    );
  }

  /** Shows another part of the time, or other things in it. */
  show(drawing: Drawing, range: Range): void {
    this.#drawing = drawing;
    this.#range = range;
    this.#colours = drawing.colours;
    this.#plot.setData(this.#data());
  }

  resize(width: number): void {
    this.#plot.setSize({ width, height: HEIGHT });
  }

  close(): void {
    this.#plot.destroy();
  }

  /** The cursor finds bars by their middles; what they look like is not uPlot's business. */
  #data(): uPlot.AlignedData {
    const { bars } = this.#drawing;
    return [bars.map(({ from, to }) => (from + to) / 2000), bars.map(() => 0)];
  }
}

/** Pixels that are left for the bars in a plot of this width. */
export function roomForBars(width: number): number {
  return Math.max(1, width - AXIS_WIDTH - RIGHT);
}

/** `14:05`, and with seconds where ticks are less than a minute apart (`step`, seconds); UTC. */
function clock(seconds: number, step: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, step < 60 ? 19 : 16);
}
