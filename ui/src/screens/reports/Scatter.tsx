import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import type { Report } from "@/contract";
import { duration, moment } from "@/lib/format";
import { type Dot, dotsOf, heightOf, ticksOf, timeTicks, topOf } from "./scatter";

const HEIGHT = 220;
const INSET = { left: 64, right: 16, top: 12, bottom: 24 } as const;

/** Each recovery's time without a good answer at the moment it began, with the target. */
export function Scatter({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  const [box, width] = useWidth();
  const [active, setActive] = useState<Dot | null>(null);
  const navigate = useNavigate();
  const target = report.rto_target_ms;
  const top = topOf(report.recoveries, target);
  const dots = dotsOf(report.recoveries, report.from_ms, report.to_ms, top);
  if (dots.length === 0) return null;
  const plot = { width: width - INSET.left - INSET.right, height: HEIGHT - INSET.top - INSET.bottom };
  const y = (ms: number) => INSET.top + plot.height * (1 - heightOf(ms, top));
  const held = dots.filter((dot) => dot.held).length;
  return (
    <Card title={t("scatter.title")} data-testid="report-scatter">
      <div ref={box}>
        {width > 0 && (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={t("scatter.summary", { count: dots.length, held, target: duration(target) })}
            className="block text-[11px]"
          >
            {ticksOf(top).map((tick) => (
              <g key={tick}>
                <line
                  x1={INSET.left}
                  x2={width - INSET.right}
                  y1={y(tick)}
                  y2={y(tick)}
                  className="stroke-line"
                />
                <text x={INSET.left - 8} y={y(tick) + 4} textAnchor="end" className="fill-faint">
                  {duration(tick).replace(/\.0 s$/, " s")}
                </text>
              </g>
            ))}
            <Days report={report} width={width} />
            <line
              x1={INSET.left}
              x2={width - INSET.right}
              y1={y(target)}
              y2={y(target)}
              className="stroke-bad"
              strokeDasharray="5 4"
            />
            <text x={width - INSET.right} y={y(target) + 13} textAnchor="end" className="fill-bad">
              {t("chart.target", { target: duration(target) })}
            </text>
            {dots.map((dot) => (
              // biome-ignore lint/a11y/noStaticElementInteractions: the table beneath leads to the same incidents
              <path
                key={dot.id}
                d={dot.held ? CIRCLE : CROSS}
                transform={`translate(${INSET.left + dot.x * plot.width} ${INSET.top + plot.height * (1 - dot.y)})`}
                className={
                  dot.held
                    ? "cursor-pointer fill-good/60 hover:fill-good"
                    : "cursor-pointer fill-none stroke-bad stroke-2"
                }
                onPointerEnter={() => setActive(dot)}
                onPointerLeave={() => setActive(null)}
                onClick={() => void navigate({ to: "/incidents/$id", params: { id: dot.id } })}
              />
            ))}
          </svg>
        )}
      </div>
      <p className="mt-1 flex flex-wrap gap-x-4 text-xs text-faint">
        {active ? (
          <span className="numeric text-ink">
            #{active.id} · {moment(active.at)} · {duration(active.ms)}
          </span>
        ) : (
          <span>{t("scatter.hint")}</span>
        )}
        {report.incidents > report.recoveries.length && (
          <span>{t("chart.newest", { count: report.recoveries.length, total: report.incidents })}</span>
        )}
      </p>
    </Card>
  );
}

const CIRCLE = "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0";
const CROSS = "M-4,-4L4,4M-4,4L4,-4";

function Days({ report: { from_ms: from, to_ms: to }, width }: { report: Report; width: number }) {
  const plot = width - INSET.left - INSET.right;
  const { ticks, day } = timeTicks(from, to, Math.max(2, Math.floor(plot / 110)));
  const format = new Intl.DateTimeFormat(
    navigator.language,
    day
      ? { day: "numeric", month: "short", ...(to - from > 300 * 86_400_000 && { year: "2-digit" }) }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  );
  return ticks.map((at) => (
    <text
      key={at}
      x={INSET.left + ((at - from) / (to - from)) * plot}
      y={HEIGHT - 6}
      textAnchor="middle"
      className="fill-faint"
    >
      {format.format(at)}
    </text>
  ));
}

/** An element's width, followed. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [box, width] as const;
}
