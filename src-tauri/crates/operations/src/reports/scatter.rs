//! The scatter of a report: each recovery's time without a good answer at the moment it began, with the target.
//!
//! The axis of durations is logarithmic, because half a second and half an hour stand side by side.

use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use time::{OffsetDateTime, macros::format_description};

use super::{
    ExportError, Report,
    chart::{self, Drawn, FAINT, FAMILY, INK, TARGET},
};

const WIDTH: u32 = 960;
const HEIGHT: u32 = 300;
const HELD: RGBColor = RGBColor(0x15, 0x80, 0x3d);
/// The shortest duration that is drawn, seconds; shorter ones stand on the axis.
const LEAST_S: f64 = 0.01;

/// The drawing's width and height.
pub(super) const SIZE: (u32, u32) = (WIDTH, HEIGHT);

/// The scatter as SVG; absent when no incident of the period has a time without a good answer.
pub(super) fn svg(report: &Report) -> Result<Option<String>, ExportError> {
    chart::register()?;
    let points: Vec<_> = report
        .recoveries
        .iter()
        .filter_map(|r| Some((r.incident.began_ms as f64, r.service_ms? as f64 / 1e3, r.within_target?)))
        .collect();
    if points.is_empty() {
        return Ok(None);
    }
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    draw(&area, report, &points).map_err(|e| ExportError(format!("the scatter cannot be drawn: {e}")))?;
    area.present().map_err(|e| ExportError(format!("the scatter cannot be drawn: {e}")))?;
    drop(area);
    Ok(Some(svg))
}

fn draw<'a>(area: &chart::Area<'a>, report: &Report, points: &[(f64, f64, bool)]) -> Drawn<'a> {
    area.fill(&WHITE)?;
    let target_s = (report.rto_target_ms as f64 / 1e3).max(LEAST_S);
    let longest = points.iter().map(|(_, s, _)| *s).fold(target_s, f64::max);
    // A period without ends is drawn over the incidents that it has.
    let times = points.iter().map(|(at, ..)| *at);
    let (first, last) = (times.clone().fold(f64::MAX, f64::min), times.fold(f64::MIN, f64::max));
    let wide = report.to_ms.saturating_sub(report.from_ms) > 20 * 366 * 86_400_000;
    let (from, to) = if wide { (first, last + 1.0) } else { (report.from_ms as f64, report.to_ms as f64) };
    let mut chart = ChartBuilder::on(area)
        .margin_top(12)
        .margin_right(24)
        .x_label_area_size(40)
        .y_label_area_size(76)
        .build_cartesian_2d(from..to, (LEAST_S..longest * 2.0).log_scale())?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .bold_line_style(FAINT)
        .axis_style(FAINT)
        .x_labels(7)
        .y_labels(6)
        .x_label_formatter(&|ms| day(*ms))
        .y_label_formatter(&|s| short(*s))
        .label_style((FAMILY, 13).into_font().color(&INK))
        .y_desc("without a good answer")
        .axis_desc_style((FAMILY, 12).into_font().color(&INK))
        .draw()?;
    chart.draw_series(LineSeries::new([(from, target_s), (to, target_s)], TARGET.stroke_width(2)))?;
    let style =
        TextStyle::from((FAMILY, 12).into_font()).color(&TARGET).pos(Pos::new(HPos::Right, VPos::Bottom));
    let name =
        EmptyElement::at((to, target_s)) + Text::new(format!("target {}", short(target_s)), (-4, -3), style);
    chart.draw_series([name])?;
    // A circle held the target, a cross missed it: told apart also in grey print.
    let at = |(ms, s, _): &(f64, f64, bool)| (*ms, s.max(LEAST_S));
    chart
        .draw_series(points.iter().filter(|p| p.2).map(|p| Circle::new(at(p), 4, HELD.mix(0.55).filled())))?;
    chart
        .draw_series(points.iter().filter(|p| !p.2).map(|p| Cross::new(at(p), 5, TARGET.stroke_width(2))))?;
    Ok(())
}

fn day(ms: f64) -> String {
    let format = format_description!("[year]-[month]-[day]");
    OffsetDateTime::from_unix_timestamp((ms / 1e3) as i64)
        .ok()
        .and_then(|t| t.format(format).ok())
        .unwrap_or_default()
}

fn short(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s if s < 60.0 => format!("{s:.0} s"),
        s if s < 3_600.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3_600.0),
    }
}
