//! Sheets of paper: lines of text, tables and drawings set one below the other, as SVG, a new sheet when one is full.
//!
//! Units are points; A4, 595 by 842. Text is cut to its column by the width of the program's own font.

use std::fmt::Write;

pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 42.0;
/// The middle width of a letter of the font, as a share of its size.
const LETTER: f32 = 0.56;

/// The height of one more line within a cell.
const LINE: f32 = 10.0;
/// The most lines of a cell.
const LINES: usize = 3;

/// A column of a table.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) width: f32,
    /// Whether it holds numbers, which stand at the right.
    pub(super) number: bool,
}

/// Sheets being filled.
pub(super) struct Sheets {
    done: Vec<String>,
    body: String,
    y: f32,
    foot: String,
}

impl Sheets {
    pub(super) fn new(foot: &str) -> Self {
        Self { done: Vec::new(), body: String::new(), y: MARGIN, foot: foot.to_owned() }
    }

    /// Every sheet as an SVG of its own.
    pub(super) fn finish(mut self) -> Vec<String> {
        self.turn();
        let all = self.done.len();
        let foot = self.foot;
        let sheet = |(n, body): (usize, &String)| {
            let number = format!("{} of {all}", n + 1);
            let mut svg = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
                 height=\"{HEIGHT}\" font-family=\"DejaVu Sans\" fill=\"#1f2937\">{body}"
            );
            text_at(&mut svg, (MARGIN, HEIGHT - 24.0), 7.5, "#6b7280", false, &foot);
            text_at(&mut svg, (WIDTH - MARGIN, HEIGHT - 24.0), 7.5, "#6b7280", true, &number);
            svg.push_str("</svg>");
            svg
        };
        self.done.iter().enumerate().map(sheet).collect()
    }

    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.body));
        self.y = MARGIN;
    }

    /// Makes sure that so much room is left.
    fn room(&mut self, height: f32) {
        if self.y + height > HEIGHT - MARGIN - 16.0 {
            self.turn();
        }
    }

    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    pub(super) fn title(&mut self, text: &str) {
        self.room(30.0);
        text_at(&mut self.body, (MARGIN, self.y + 18.0), 18.0, "#111827", false, text);
        self.y += 28.0;
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.heading_of(text, 38.0);
    }

    /// A heading that stays with the drawing of this size below it.
    pub(super) fn heading_above(&mut self, text: &str, size: (u32, u32)) {
        self.heading_of(text, scaled(size).1);
    }

    /// A heading with at least so much room below it.
    fn heading_of(&mut self, text: &str, below: f32) {
        self.room(32.0 + below);
        self.y += 12.0;
        text_at(&mut self.body, (MARGIN, self.y + 11.0), 11.0, "#111827", false, text);
        self.y += 20.0;
    }

    /// A paragraph, broken into lines.
    pub(super) fn paragraph(&mut self, text: &str) {
        let letters = ((WIDTH - 2.0 * MARGIN) / (8.5 * LETTER)) as usize;
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > letters {
                self.line(&line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(&line);
        }
        self.y += 2.0;
    }

    fn line(&mut self, text: &str) {
        self.room(12.0);
        text_at(&mut self.body, (MARGIN, self.y + 8.5), 8.5, "#374151", false, text);
        self.y += 12.0;
    }

    /// A row of figures with their names.
    pub(super) fn tiles(&mut self, tiles: &[(&str, String, String)]) {
        self.room(52.0);
        let width = (WIDTH - 2.0 * MARGIN) / tiles.len().max(1) as f32;
        for (n, (name, value, note)) in tiles.iter().enumerate() {
            let x = MARGIN + n as f32 * width;
            text_at(&mut self.body, (x, self.y + 8.0), 7.5, "#6b7280", false, &cut(name, width - 4.0, 7.5));
            let size = if value.chars().count() > 9 { 10.5 } else { 14.0 };
            text_at(
                &mut self.body,
                (x, self.y + 25.0),
                size,
                "#111827",
                false,
                &cut(value, width - 4.0, size),
            );
            text_at(&mut self.body, (x, self.y + 37.0), 7.0, "#6b7280", false, &cut(note, width - 4.0, 7.0));
        }
        self.y += 50.0;
    }

    /// A drawing of this size, as wide as the sheet.
    pub(super) fn drawing(&mut self, svg: &str, size: (u32, u32)) {
        let (scale, height) = scaled(size);
        self.room(height);
        let inner = svg.split_once('>').map_or("", |(_, rest)| rest).trim_end();
        let inner = inner.strip_suffix("</svg>").unwrap_or(inner);
        let y = self.y;
        // Writing into a string cannot fail.
        let _infallible =
            write!(self.body, "<g transform=\"translate({MARGIN} {y}) scale({scale})\">{inner}</g>");
        self.y += height + 6.0;
    }

    /// A table; a row that no longer fits goes to the next sheet, with the head again.
    pub(super) fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        self.room(44.0);
        self.head(columns);
        for row in rows {
            let cells: Vec<_> =
                columns.iter().zip(row).map(|(column, cell)| lines_of(column, cell)).collect();
            let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
            if self.y + 14.0 + (lines - 1) as f32 * LINE > HEIGHT - MARGIN - 16.0 {
                self.turn();
                self.head(columns);
            }
            for line in 0..lines {
                if line > 0 {
                    self.y -= 12.5 - LINE;
                }
                self.cells(columns, cells.iter().map(|c| c.get(line).map_or("", String::as_str)), "#1f2937");
            }
            self.rule("#e5e7eb");
        }
        self.y += 4.0;
    }

    fn head(&mut self, columns: &[Column]) {
        self.cells(columns, columns.iter().map(|c| c.name), "#6b7280");
        self.rule("#9ca3af");
    }

    fn cells<'a>(&mut self, columns: &[Column], cells: impl Iterator<Item = &'a str>, colour: &str) {
        let mut x = MARGIN;
        let mut after_number = false;
        for (column, cell) in columns.iter().zip(cells) {
            // Words after a number begin a little later, so that the two are told apart.
            let indent = if after_number && !column.number { 10.0 } else { 0.0 };
            after_number = column.number;
            let at = if column.number { x + column.width - 4.0 } else { x + indent };
            let text = cut(cell, column.width - 4.0 - indent, 7.5);
            text_at(&mut self.body, (at, self.y + 9.0), 7.5, colour, column.number, &text);
            x += column.width;
        }
        self.y += 12.5;
    }

    fn rule(&mut self, colour: &str) {
        let (y, end) = (self.y, WIDTH - MARGIN);
        let _infallible = write!(
            self.body,
            "<line x1=\"{MARGIN}\" y1=\"{y}\" x2=\"{end}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"0.5\"/>"
        );
        self.y += 1.5;
    }
}

/// By how much a drawing is made as wide as the sheet, and how high it is then. A tall one is made smaller rather than cut.
fn scaled(size: (u32, u32)) -> (f32, f32) {
    let (w, h) = (size.0.max(1) as f32, size.1.max(1) as f32);
    let scale = ((WIDTH - 2.0 * MARGIN) / w).min((HEIGHT - 2.0 * MARGIN - 48.0) / h);
    (scale, h * scale)
}

fn text_at(svg: &mut String, (x, y): (f32, f32), size: f32, colour: &str, end: bool, text: &str) {
    let anchor = if end { "end" } else { "start" };
    let text = escaped(text);
    let _infallible = write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{colour}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

/// Text that fits into so much room.
fn cut(text: &str, width: f32, size: f32) -> String {
    let letters = (width / (size * LETTER)).max(1.0) as usize;
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

/// Text without anything that XML takes for markup or forbids.
fn escaped(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A cell's words in lines as wide as its column; numbers stand in one.
fn lines_of(column: &Column, cell: &str) -> Vec<String> {
    let letters = ((column.width - 14.0) / (7.5 * LETTER)).max(1.0) as usize;
    if column.number || cell.chars().count() <= letters {
        return vec![cell.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in cell.split(' ') {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > letters && lines.len() < LINES {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_stays_with_its_drawing() {
        let size = (1_000, 600);
        let mut sheets = Sheets::new("foot");
        // There is room for the heading alone.
        sheets.space(520.0);
        sheets.heading_above("Recovery times", size);
        sheets.drawing("<svg><circle r=\"1\"/></svg>", size);
        let sheets = sheets.finish();
        let on = |text: &str| sheets.iter().position(|sheet| sheet.contains(text));
        assert_eq!((on("Recovery times"), on("circle")), (Some(1), Some(1)));
    }
}
