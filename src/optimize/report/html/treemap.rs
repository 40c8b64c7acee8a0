//! Areas in proportion to numbers: the rectangle is filled row by row along its shorter side, and a row ends where one
//! more would make its members less square. Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000).

/// A place in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A rectangle for each of these numbers, which are positive and in descending order.
pub(super) fn layout(sizes: &[f64], all: Rect) -> Vec<Rect> {
    let mut rects = Vec::with_capacity(sizes.len());
    let mut free = all;
    let mut rest = sizes;
    while !rest.is_empty() {
        let scale = free.width * free.height / rest.iter().sum::<f64>();
        let side = free.width.min(free.height);
        let row = row_len(rest, scale, side);
        let (members, behind) = rest.split_at(row);
        let area = members.iter().sum::<f64>() * scale;
        let depth = if side > 0.0 { area / side } else { 0.0 };
        let mut at = 0.0;
        for size in members {
            let length = if depth > 0.0 { size * scale / depth } else { 0.0 };
            rects.push(if free.width >= free.height {
                Rect { x: free.x, y: free.y + at, width: depth, height: length }
            } else {
                Rect { x: free.x + at, y: free.y, width: length, height: depth }
            });
            at += length;
        }
        if free.width >= free.height {
            free = Rect { x: free.x + depth, width: (free.width - depth).max(0.0), ..free };
        } else {
            free = Rect { y: free.y + depth, height: (free.height - depth).max(0.0), ..free };
        }
        rest = behind;
    }
    rects
}

/// How many of `sizes` make a row along `side`.
fn row_len(sizes: &[f64], scale: f64, side: f64) -> usize {
    let worst = |members: &[f64]| {
        let area = members.iter().sum::<f64>() * scale;
        let ratio = |size: &f64| {
            let shape = side * side * size * scale / (area * area);
            shape.max(1.0 / shape)
        };
        members.iter().map(ratio).fold(0.0, f64::max)
    };
    let better = |count: &usize| worst(&sizes[..=*count]) <= worst(&sizes[..*count]);
    1 + (1..sizes.len()).take_while(better).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_in_proportion_and_fill_the_rectangle() {
        let all = Rect { x: 10.0, y: 20.0, width: 600.0, height: 400.0 };
        for sizes in
            [&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0][..], &[1.0], &[1e12, 1.0], &[5.0; 40], &[1e-9, 1e-12]]
        {
            let sum: f64 = sizes.iter().sum();
            let rects = layout(sizes, all);
            assert_eq!(rects.len(), sizes.len());
            for (rect, size) in rects.iter().zip(sizes) {
                let expected = size / sum * 240_000.0;
                assert!((rect.width * rect.height - expected).abs() <= 1e-6 * 240_000.0, "{rect:?} {size}");
                assert!(rect.x >= 9.99 && rect.x + rect.width <= 610.01, "{rect:?}");
                assert!(rect.y >= 19.99 && rect.y + rect.height <= 420.01, "{rect:?}");
            }
        }
        // The example of the paper: its first row has two members of three by two.
        let rects =
            layout(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], Rect { x: 0.0, y: 0.0, width: 6.0, height: 4.0 });
        assert_eq!(rects[1], Rect { x: 0.0, y: 2.0, width: 3.0, height: 2.0 });
        assert_eq!(layout(&[], all), []);
    }
}
