//! Pictures of how time grows with size: both axes logarithmic, so that a power of size is a straight line.

use std::fmt::Write as _;

/// A line of a picture: its name, and sizes with seconds.
pub(crate) type Line = (&'static str, Vec<(f64, f64)>);

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
/// Left, top, right and bottom of where the lines are.
const FRAME: [f64; 4] = [64.0, 40.0, 520.0, 316.0];
/// Told apart by those who don't see all colours (the palette of Okabe and Ito), on light and on dark paper.
const COLOURS: [&str; 4] = ["#999999", "#e69f00", "#009e73", "#0072b2"];

/// The exponent of the power that fits the points best: the slope of the line of least squares through their logarithms.
pub(crate) fn exponent(points: &[(f64, f64)]) -> Option<f64> {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean = |part: fn(&(f64, f64)) -> f64| logs.iter().map(part).sum::<f64>() / count;
    let (x, y) = (mean(|log| log.0), mean(|log| log.1));
    let both: f64 = logs.iter().map(|log| (log.0 - x) * (log.1 - y)).sum();
    let square: f64 = logs.iter().map(|log| (log.0 - x).powi(2)).sum();
    (logs.len() > 2 && square > 0.0).then(|| both / square)
}

/// An SVG picture (`unit` is that of size) that needs nothing else, and takes the colour of its text from the reader's
/// preference.
pub(crate) fn picture(title: &str, unit: &str, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|(_, points)| points.iter().copied());
    let (x, y) = (decades(points().map(|point| point.0)), decades(points().map(|point| point.1)));
    let [left, top, right, bottom] = FRAME;
    let across = |size: f64| left + (size.log10() - x.0) / (x.1 - x.0) * (right - left);
    let down = |seconds: f64| bottom - (seconds.log10() - y.0) / (y.1 - y.0) * (bottom - top);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<style>text{{fill:#222}}.grid{{stroke:#8886}}@media(prefers-color-scheme:dark){{text{{fill:#ddd}}}}\
         </style>\n<text x=\"{left}\" y=\"20\" font-size=\"14\">{}</text>\n",
        escape(&title.replace('`', "")),
    );
    for decade in x.0 as i32..=x.1 as i32 {
        let at = across(10f64.powi(decade));
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{at:.1}\" y1=\"{top}\" x2=\"{at:.1}\" y2=\"{bottom}\"/>"
        );
        let label = 10u64.pow(decade.max(0) as u32);
        let _ = writeln!(
            svg,
            "<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            bottom + 18.0
        );
    }
    let _ = writeln!(svg, "<text x=\"{right}\" y=\"{}\" text-anchor=\"end\">{unit}</text>", bottom + 36.0);
    for decade in y.0 as i32..=y.1 as i32 {
        let at = down(10f64.powi(decade));
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{left}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\"/>"
        );
        let label = if decade < 0 {
            format!("{} ms", 10u32.pow((decade + 3).max(0) as u32))
        } else {
            format!("{} s", 10u32.pow(decade as u32))
        };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            left - 6.0,
            at + 4.0
        );
    }
    for ((_, points), colour) in lines.iter().zip(COLOURS) {
        let path: Vec<String> =
            points.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), down(*y))).collect();
        let _ = writeln!(
            svg,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>",
            path.join(" ")
        );
        for (x, y) in points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>",
                across(*x),
                down(*y)
            );
        }
    }
    for (name, colour, at) in labels(lines, down) {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" style=\"fill:{colour}\">{name}</text>",
            right + 8.0,
            at + 4.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Name, colour and height of each line's end, from the top down and not too close to one another.
fn labels(lines: &[Line], down: impl Fn(f64) -> f64) -> Vec<(&'static str, &'static str, f64)> {
    const APART: f64 = 14.0;
    let ends = lines.iter().zip(COLOURS);
    let ends = ends.filter_map(|((name, points), colour)| Some((*name, colour, down(points.last()?.1))));
    let mut labels: Vec<_> = ends.collect();
    labels.sort_by(|a, b| a.2.total_cmp(&b.2));
    for at in 1..labels.len() {
        labels[at].2 = labels[at].2.max(labels[at - 1].2 + APART);
    }
    labels
}

/// The powers of ten around all values.
fn decades(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (least, most) =
        values.fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(value), most.max(value)));
    if least > most {
        return (0.0, 1.0);
    }
    let (low, high) = (least.log10().floor(), most.log10().ceil());
    (low, high.max(low + 1.0))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
