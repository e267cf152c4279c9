/** Paints stacked bars on a canvas; where everything goes is decided in `bars.ts`. */
import { axis, type Bar, blocks, drawsTarget } from "./bars";
import { token } from "./token";

/** Room for the axis at the left and the labels below, CSS pixels. */
export const INSET = { left: 56, right: 8, top: 12, bottom: 20 } as const;

const FONT = "11px 'Inter Variable', system-ui, sans-serif";

/** What is painted. */
export interface Picture {
  /** The bars, left to right. */
  bars: readonly Bar[];
  /** A line across all bars, milliseconds. */
  target: number | null;
  /** What the line means. */
  targetLabel: string;
  /** The bar under the pointer. */
  active: number | null;
  /** An axis value in words. */
  format: (value: number) => string;
}

/** Fits the canvas to its element and paints. */
export function paint(canvas: HTMLCanvasElement, picture: Picture) {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  context.scale(devicePixelRatio, devicePixelRatio);
  context.font = FONT;
  const plot = {
    width: width - INSET.left - INSET.right,
    height: height - INSET.top - INSET.bottom,
  };
  const { top, ticks } = axis(picture.bars, picture.target);
  const y = (value: number) => Math.round(INSET.top + plot.height * (1 - value / top)) + 0.5;
  paintAxis(context, ticks, y, width, picture.format);
  for (const block of blocks(picture.bars, top)) {
    const dim = picture.active !== null && picture.active !== block.bar;
    context.globalAlpha = dim ? 0.4 : 1;
    context.fillStyle = token(`--series-${block.part + 1}`);
    const barWidth = Math.min(block.width * plot.width, 36);
    const centre = INSET.left + (block.x + block.width / 2) * plot.width;
    const tall = Math.max(block.height * plot.height, 1);
    context.fillRect(centre - barWidth / 2, y(block.y * top) - tall, barWidth, tall);
  }
  context.globalAlpha = 1;
  paintLabels(context, picture.bars, plot.width, height);
  if (picture.target === null) return;
  const near = drawsTarget(picture.bars, picture.target);
  paintTarget(context, near ? y(picture.target) : null, width, picture.targetLabel);
}

type Context = CanvasRenderingContext2D;

function paintAxis(
  context: Context,
  ticks: readonly number[],
  y: (value: number) => number,
  width: number,
  format: (value: number) => string,
) {
  context.strokeStyle = token("--line");
  context.fillStyle = token("--faint");
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ticks) {
    context.beginPath();
    context.moveTo(INSET.left, y(tick));
    context.lineTo(width - INSET.right, y(tick));
    context.stroke();
    context.fillText(tick === 0 ? "0" : format(tick).replace(".0 ", " "), INSET.left - 8, y(tick));
  }
}

function paintLabels(context: Context, bars: readonly Bar[], width: number, height: number) {
  context.fillStyle = token("--faint");
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const slot = width / Math.max(bars.length, 1);
  const widest = Math.max(...bars.map((bar) => context.measureText(bar.label).width), 1);
  const every = Math.max(1, Math.ceil((widest + 12) / slot));
  bars.forEach((bar, index) => {
    if (index % every === 0) context.fillText(bar.label, INSET.left + (index + 0.5) * slot, height - 5);
  });
}

/** The target's line with its label above it; without a place for the line, an arrow says that it is higher up. */
function paintTarget(context: Context, line: number | null, width: number, target: string) {
  const label = line === null ? `↑ ${target}` : target;
  const y = line ?? INSET.top + 17;
  if (line !== null) {
    context.strokeStyle = token("--ink");
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(INSET.left, line);
    context.lineTo(width - INSET.right, line);
    context.stroke();
    context.setLineDash([]);
  }
  const wide = context.measureText(label).width;
  context.fillStyle = token("--surface");
  context.fillRect(width - INSET.right - wide - 8, y - 17, wide + 8, 15);
  context.fillStyle = token("--ink");
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText(label, width - INSET.right - 4, y - 3);
}
