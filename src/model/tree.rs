//! Drawing a hierarchy as text.

/// A node in the order in which it is drawn: parents before children, siblings by name.
pub struct Node {
    /// How far below the drawn root; 0 is a root.
    pub level: usize,
    pub label: String,
}

/// Draws one line a node.
pub fn draw(nodes: &[Node]) -> Vec<String> {
    // Whether a later sibling follows, for each level of the path to the current node; found by going backwards.
    let mut followed: Vec<bool> = Vec::new();
    let mut lines: Vec<String> = nodes
        .iter()
        .rev()
        .map(|node| {
            followed.resize(node.level + 1, false);
            let line = line(node, &followed);
            followed[node.level] = true;
            line
        })
        .collect();
    lines.reverse();
    lines
}

fn line(node: &Node, followed: &[bool]) -> String {
    let mut line = String::new();
    for (level, followed) in followed.iter().enumerate().skip(1) {
        line.push_str(match (level == node.level, followed) {
            (true, true) => "├── ",
            (true, false) => "└── ",
            (false, true) => "│   ",
            (false, false) => "    ",
        });
    }
    line.push_str(&node.label);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_end_where_the_last_sibling_is() {
        let nodes = [(0, "provider"), (1, "de"), (2, "by"), (2, "be"), (1, "fr"), (2, "idf"), (0, "other")]
            .map(|(level, label)| Node { level, label: label.into() });
        let drawing = "\
provider
├── de
│   ├── by
│   └── be
└── fr
    └── idf
other";
        assert_eq!(draw(&nodes).join("\n"), drawing);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(draw(&[]).is_empty());
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A drawing says each node's level, and whether another one follows on it.
        #[test]
        fn a_drawing_can_be_read(deeper in prop::collection::vec((0..8usize, ".{0,5}"), 0..20)) {
            let mut level = 0;
            let mut nodes = Vec::new();
            for (wanted, label) in deeper {
                level = wanted.min(if nodes.is_empty() { 0 } else { level + 1 });
                nodes.push(Node { level, label });
            }
            for ((at, node), line) in nodes.iter().enumerate().zip(draw(&nodes)) {
                let follows = |level| nodes[at + 1..].iter().map(|n| n.level).find(|n| *n <= level) == Some(level);
                let pieces: Vec<_> = (1..=node.level)
                    .map(|level| match (level == node.level, follows(level)) {
                        (true, true) => "├── ",
                        (true, false) => "└── ",
                        (false, true) => "│   ",
                        (false, false) => "    ",
                    })
                    .collect();
                prop_assert_eq!(line, format!("{}{}", pieces.concat(), node.label));
            }
        }
    }
}
