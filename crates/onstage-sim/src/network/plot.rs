//! Draws an outcome: which layer was seen, what the line carried, where the picture froze, how far sound and picture
//! were apart.

use std::fmt::Write as _;

use super::outcome::Outcome;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 560.0;
const LEFT: f64 = 92.0;
const RIGHT: f64 = 936.0;
/// Top and bottom of the three panels.
const LAYERS: (f64, f64) = (96.0, 196.0);
const BITS: (f64, f64) = (236.0, 396.0);
const SKEW: (f64, f64) = (436.0, 516.0);
const LAYER_NAMES: [&str; 3] = ["180p", "360p", "720p"];
/// A skew of so much is the bound that people notice.
const NOTICED_MS: f64 = 40.0;

const STYLE: &str = "
  svg { background: #ffffff; color: #1b1f24; font: 13px system-ui, sans-serif }
  text { fill: currentColor } .quiet { opacity: .68; font-size: 12px } .title { font-size: 16px; font-weight: 600 }
  .grid { stroke: currentColor; opacity: .14 } .mark { stroke: currentColor; opacity: .5; stroke-dasharray: 2 3 }
  .freeze { fill: #c2410c; opacity: .22 } .layer, .sent, .got, .line, .skew { fill: none; stroke-width: 2 }
  .layer { stroke: #1d4ed8 } .sent { stroke: #6b7280; stroke-width: 1.25 } .got { stroke: #1d4ed8 }
  .line { stroke: #b45309; stroke-dasharray: 6 4 } .dot { fill: #1d4ed8 } .bound { stroke: #b45309; stroke-dasharray: 6 4 }
  @media (prefers-color-scheme: dark) {
    svg { background: #14171b; color: #e8eaed } .layer, .got { stroke: #8ab4ff } .dot { fill: #8ab4ff }
    .sent { stroke: #9aa2ad } .line, .bound { stroke: #f5a623 } .freeze { fill: #ff8a4c; opacity: .3 } }
";

/// A drawing that stands by itself, for light and dark.
#[must_use]
pub fn svg(outcome: &Outcome) -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{name}: {story}\">\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"{LEFT}\" y=\"30\">{name}</text>\n\
         <text class=\"quiet\" x=\"{LEFT}\" y=\"50\">{story} Seed {seed}.</text>\n",
        name = outcome.name,
        story = outcome.story,
        seed = outcome.seed,
    );
    let mut drawing = Drawing { outcome, text: String::new() };
    drawing.freezes();
    drawing.marks();
    drawing.layers();
    drawing.bits();
    drawing.skew();
    drawing.time();
    text.push_str(&drawing.text);
    text.push_str("</svg>\n");
    text
}

struct Drawing<'a> {
    outcome: &'a Outcome,
    text: String,
}

impl Drawing<'_> {
    fn x(&self, at: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * at / self.outcome.seconds
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _written = writeln!(self.text, "{element}");
    }

    fn grid(&mut self, y: f64, label: &str) {
        self.add(format_args!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
        ));
        let (x, y) = (LEFT - 8.0, y + 4.0);
        self.add(format_args!(
            "<text class=\"quiet\" x=\"{x}\" y=\"{y:.1}\" text-anchor=\"end\">{label}</text>"
        ));
    }

    fn heading(&mut self, y: f64, words: &str) {
        self.add(format_args!("<text x=\"{LEFT}\" y=\"{:.1}\">{words}</text>", y - 12.0));
    }

    fn path(&mut self, class: &str, points: impl Iterator<Item = (f64, f64)>) {
        let mut path = String::new();
        for (place, (x, y)) in points.enumerate() {
            let _written = write!(path, "{}{x:.1} {y:.1}", if place == 0 { 'M' } else { 'L' });
        }
        if !path.is_empty() {
            self.add(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
        }
    }

    fn freezes(&mut self) {
        let outcome = self.outcome;
        for freeze in &outcome.freezes {
            let (x, width) = (self.x(freeze.from), self.x(freeze.until) - self.x(freeze.from));
            let (y, height) = (LAYERS.0, SKEW.1 - LAYERS.0);
            self.add(format_args!(
                "<rect class=\"freeze\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{height}\">\
                 <title>frozen for {:.2} s</title></rect>",
                freeze.seconds()
            ));
        }
    }

    fn marks(&mut self) {
        let outcome = self.outcome;
        for (at, words) in outcome.marks.iter().filter(|(at, _)| *at > 0.0) {
            let x = self.x(*at);
            self.add(format_args!(
                "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\"><title>{words}</title></line>",
                LAYERS.0, SKEW.1
            ));
            if outcome.marks.len() < 6 {
                self.add(format_args!("<text class=\"quiet\" x=\"{:.1}\" y=\"70\">{words}</text>", x + 4.0));
            }
        }
    }

    fn layers(&mut self) {
        let (top, bottom) = LAYERS;
        self.heading(top, "layer shown (shaded: the picture stood still)");
        let y = |layer: u8| bottom - 10.0 - f64::from(layer) * (bottom - top - 20.0) / 2.0;
        for (layer, name) in (0_u8..).zip(LAYER_NAMES) {
            self.grid(y(layer), name);
        }
        let outcome = self.outcome;
        let mut points = Vec::new();
        let mut last = None;
        for (at, layer) in &outcome.frames {
            if let Some(before) = last.replace(*layer).filter(|before| before != layer) {
                points.push((self.x(*at), y(before)));
            }
            points.push((self.x(*at), y(*layer)));
        }
        self.path("layer", points.into_iter());
    }

    fn bits(&mut self) {
        let (top, bottom) = BITS;
        let outcome = self.outcome;
        let most = outcome.samples.iter().map(|sample| sample.sent_kbps).fold(1_000.0, f64::max);
        let most = (most / 1_000.0).ceil() * 1_000.0;
        let y = |kbps: f64| bottom - (bottom - top) * (kbps / most).min(1.0);
        self.heading(
            top,
            "Mbit/s to the viewer: sent (grey), arrived (blue), what the line carries (dashed)",
        );
        for quarter in [0.0, 0.5, 1.0] {
            self.grid(y(most * quarter), &format!("{:.1}", most * quarter / 1_000.0));
        }
        let along = |of: fn(&super::outcome::Sample) -> Option<f64>| {
            let points = outcome.samples.iter().filter_map(move |sample| Some((sample.at, of(sample)?)));
            points.map(|(at, kbps)| (self.x(at), y(kbps))).collect::<Vec<_>>()
        };
        let lines = [
            ("sent", along(|sample| Some(sample.sent_kbps))),
            ("got", along(|sample| Some(sample.received_kbps))),
            ("line", along(|sample| sample.line_kbps)),
        ];
        for (class, points) in lines {
            self.path(class, points.into_iter());
        }
    }

    fn skew(&mut self) {
        let (top, bottom) = SKEW;
        let outcome = self.outcome;
        let most = outcome.worst_skew_ms().unwrap_or_default().max(NOTICED_MS * 1.25);
        let y = |ms: f64| f64::midpoint(top, bottom) - (bottom - top) / 2.0 * ms / most;
        self.heading(top, "picture behind its sound, ms (dashed: 40 ms, which people notice)");
        for ms in [-NOTICED_MS, 0.0, NOTICED_MS] {
            self.grid(y(ms), &format!("{ms:.0}"));
            if ms != 0.0 {
                let y = y(ms);
                self.add(format_args!(
                    "<line class=\"bound\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
                ));
            }
        }
        for (at, ms) in outcome.skews.iter().step_by(3) {
            let (x, y) = (self.x(*at), y(*ms));
            self.add(format_args!("<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.4\"/>"));
        }
    }

    fn time(&mut self) {
        let step = if self.outcome.seconds > 40.0 { 10.0 } else { 5.0 };
        let mut at = 0.0;
        while at <= self.outcome.seconds {
            let (x, y) = (self.x(at), SKEW.1 + 22.0);
            self.add(format_args!(
                "<text class=\"quiet\" x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{at:.0} s</text>"
            ));
            at += step;
        }
    }
}
