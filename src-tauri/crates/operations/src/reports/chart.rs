//! The chart of a report: the parts of each recovery, stacked, with the target.

use std::sync::OnceLock;

use plotters::{
    coord::Shift,
    prelude::*,
    style::{
        FontStyle, register_font,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::{ExportError, Recovery, Report};
use crate::words::duration;

/// The program's own font, so that the chart looks the same on machines without any.
pub(super) static FONT: &[u8] = include_bytes!("../../assets/dejavu/DejaVuSans.ttf");
pub(super) const FAMILY: &str = "sans-serif";

/// The newest incidents are drawn; the table has them all.
const BARS: usize = 20;
const WIDTH: u32 = 960;
const BAR: u32 = 34;
const MARGINS: u32 = 92;
const LABELS: u32 = 250;
/// A bar's label is about this wide, as a share of the axis.
const LABEL_SHARE: f64 = 0.11;

/// Names and colours of the parts, told apart also in grey print by their order and the legend.
const PARTS: [(&str, RGBColor); 4] = [
    ("Detect", RGBColor(0x7c, 0x3a, 0xed)),
    ("Assess", RGBColor(0x64, 0x74, 0x8b)),
    ("Fail over", RGBColor(0xd9, 0x77, 0x06)),
    ("Restore", RGBColor(0x93, 0xb4, 0xd9)),
];
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x29, 0x37);
pub(super) const FAINT: RGBColor = RGBColor(0xe5, 0xe7, 0xeb);
pub(super) const TARGET: RGBColor = RGBColor(0xdc, 0x26, 0x26);

/// The chart's width and height.
pub(super) fn size(report: &Report) -> (u32, u32) {
    let bars: Vec<_> = report.recoveries.iter().filter(|r| r.rto_ms().is_some()).take(BARS).collect();
    (WIDTH, MARGINS + BAR * rows_for(&bars).unsigned_abs())
}

/// Makes the font known to plotters, once.
pub(super) fn register() -> Result<(), ExportError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    if REGISTERED.get_or_init(|| register_font(FAMILY, FontStyle::Normal, FONT).is_ok()) == &true {
        return Ok(());
    }
    Err(ExportError("the chart's font cannot be read".to_owned()))
}

/// The chart as SVG; absent when no incident of the period was restored.
pub(super) fn svg(report: &Report) -> Result<Option<String>, ExportError> {
    register()?;
    let bars: Vec<_> = report.recoveries.iter().filter(|r| r.rto_ms().is_some()).take(BARS).collect();
    if bars.is_empty() {
        return Ok(None);
    }
    let height = MARGINS + BAR * rows_for(&bars).unsigned_abs();
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
    draw(&area, &bars, report.rto_target_ms)
        .map_err(|e| ExportError(format!("the chart cannot be drawn: {e}")))?;
    area.present().map_err(|e| ExportError(format!("the chart cannot be drawn: {e}")))?;
    drop(area);
    Ok(Some(svg))
}

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn draw<'a>(area: &Area<'a>, bars: &[&Recovery], target_ms: i64) -> Drawn<'a> {
    area.fill(&WHITE)?;
    let (legend, plot) = area.split_vertically(36);
    draw_legend(&legend, target_ms)?;
    let end_s = axis_end_s(bars, target_ms);
    // The axis steps in round minutes where it is that long.
    let unit = if end_s >= 600.0 { 60.0 } else { 1.0 };
    let rows = rows_for(bars);
    let mut chart = ChartBuilder::on(&plot)
        .x_label_area_size(44)
        .y_label_area_size(LABELS)
        .margin_right(92)
        .build_cartesian_2d(0.0..end_s / unit, (0..rows - 1).into_segmented())?;
    let label = |row: &SegmentValue<i32>| match row {
        SegmentValue::CenterOf(row) => usize::try_from(*row).ok().and_then(|row| bars.iter().rev().nth(row)),
        SegmentValue::Exact(_) | SegmentValue::Last => None,
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(WHITE)
        .bold_line_style(FAINT)
        .axis_style(FAINT)
        .x_labels(8)
        .y_labels(bars.len())
        .x_label_formatter(&|at| if unit > 1.0 { format!("{at:.0} min") } else { format!("{at:.0} s") })
        .y_label_formatter(&|row| label(row).map(|r| name(r)).unwrap_or_default())
        .label_style((FAMILY, 13).into_font().color(&INK))
        .x_desc("time since the first evidence")
        .axis_desc_style((FAMILY, 13).into_font().color(&INK))
        .draw()?;
    let target_s = target_ms as f64 / 1_000.0;
    for (at, recovery) in bars.iter().rev().enumerate() {
        draw_bar(&mut chart, (i32::try_from(at).unwrap_or(0), rows), recovery, [end_s, target_s, unit])?;
    }
    let line = [(target_s / unit, SegmentValue::Exact(0)), (target_s / unit, SegmentValue::Last)];
    chart.draw_series(LineSeries::new(line, TARGET.stroke_width(2)))?;
    Ok(())
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<
        plotters::coord::types::RangedCoordf64,
        plotters::coord::ranged1d::SegmentedCoord<plotters::coord::types::RangedCoordi32>,
    >,
>;

fn draw_bar<'b>(
    chart: &mut Chart<'_, 'b>,
    (row, rows): (i32, i32),
    recovery: &Recovery,
    [end_s, target_s, unit]: [f64; 3],
) -> Drawn<'b> {
    let lengths = [Some(recovery.detect_ms), recovery.assess_ms, recovery.fail_over_ms, recovery.restore_ms]
        .map(|ms| ms.unwrap_or(0));
    let mut from = 0.0;
    for ((_, colour), ms) in PARTS.iter().zip(lengths) {
        let to = (from + ms as f64 / 1_000.0).min(end_s);
        if to > from {
            let corners = [(from / unit, SegmentValue::Exact(row)), (to / unit, above(row, rows))];
            let mut bar = Rectangle::new(corners, colour.filled());
            bar.set_margin(5, 5, 0, 0);
            chart.draw_series([bar])?;
        }
        from = to;
    }
    let rto = recovery.rto_ms().unwrap_or(0);
    let beyond = if rto as f64 / 1_000.0 > end_s { " →" } else { "" };
    let style = TextStyle::from((FAMILY, 12).into_font()).color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
    let text = format!("{}{beyond}", duration(rto));
    // A label that the target's line would cross stands behind it.
    let crossed = from < target_s && from + end_s * LABEL_SHARE > target_s;
    let label = EmptyElement::at((if crossed { target_s } else { from } / unit, SegmentValue::CenterOf(row)))
        + Text::new(text, (10, 0), style);
    chart.draw_series([label])?;
    if let Some(service) = recovery.service_ms.map(|ms| ms as f64 / 1_000.0).filter(|s| *s <= end_s) {
        let mark = TriangleMarker::new((service / unit, SegmentValue::CenterOf(row)), 6, INK.filled());
        chart.draw_series([mark])?;
    }
    Ok(())
}

/// Rows of the axis: one per bar, and at least two, because a segmented axis of one row has no height.
fn rows_for(bars: &[&Recovery]) -> i32 {
    i32::try_from(bars.len()).unwrap_or(0).max(2)
}

/// The upper edge of a row.
const fn above(row: i32, rows: i32) -> SegmentValue<i32> {
    if row + 1 < rows { SegmentValue::Exact(row + 1) } else { SegmentValue::Last }
}

fn draw_legend<'a>(area: &Area<'a>, target_ms: i64) -> Drawn<'a> {
    let style = TextStyle::from((FAMILY, 13).into_font()).color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
    let mut x = 12;
    for (name, colour) in PARTS {
        area.draw(&Rectangle::new([(x, 11), (x + 14, 25)], colour.filled()))?;
        area.draw(&Text::new(name, (x + 20, 18), style.clone()))?;
        x += 40 + 8 * i32::try_from(name.len()).unwrap_or(0);
    }
    area.draw(&TriangleMarker::new((x + 7, 19), 6, INK.filled()))?;
    area.draw(&Text::new("a good answer again", (x + 20, 18), style.clone()))?;
    x += 180;
    area.draw(&PathElement::new([(x + 7, 10), (x + 7, 26)], TARGET.stroke_width(2)))?;
    area.draw(&Text::new(format!("target for that: {}", duration(target_ms)), (x + 20, 18), style))?;
    Ok(())
}

/// The axis shows the target and most bars whole; the few that are far longer are cut and say so.
fn axis_end_s(bars: &[&Recovery], target_ms: i64) -> f64 {
    let mut totals: Vec<_> = bars.iter().filter_map(|r| r.rto_ms()).collect();
    totals.sort_unstable();
    let longest = totals.last().copied().unwrap_or(0);
    let usual = totals.get(totals.len() * 3 / 4).copied().unwrap_or(0);
    let end = longest.min(usual.saturating_mul(3)).max(target_ms + target_ms / 10);
    end as f64 / 1_000.0
}

fn name(recovery: &Recovery) -> String {
    let incident = &recovery.incident;
    let text = format!("{} / {}", incident.chain, incident.tier);
    let mut short: String = text.chars().take(26).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("#{} {short}", incident.id)
}
