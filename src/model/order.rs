//! The order in which tables that refer to each other are filled and emptied.

/// Groups of items such that each comes after all that it points to, except within a group, whose items point at each other
/// in a circle. `edges[i]` are the items that `i` points to. Among equals the order is that of the numbers.
pub fn pointed_to_first(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search =
        Search { edges, order: vec![None; edges.len()], low: vec![0; edges.len()], stack: vec![], groups: vec![] };
    for item in 0..edges.len() {
        search.visit(item);
    }
    search.groups
}

/// Tarjan's search for strongly connected components, which finds them in the order asked for. As deep as the longest chain
/// of tables that refer to each other.
struct Search<'a> {
    edges: &'a [Vec<usize>],
    /// When each item was first met.
    order: Vec<Option<usize>>,
    /// The earliest item on the stack that can be reached from it.
    low: Vec<usize>,
    stack: Vec<usize>,
    groups: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, item: usize) {
        if self.order[item].is_some() {
            return;
        }
        let met = self.order.iter().flatten().count();
        self.order[item] = Some(met);
        self.low[item] = met;
        self.stack.push(item);
        for &next in &self.edges[item] {
            match self.order[next] {
                None => {
                    self.visit(next);
                    self.low[item] = self.low[item].min(self.low[next]);
                }
                Some(order) if self.stack.contains(&next) => self.low[item] = self.low[item].min(order),
                Some(_) => (),
            }
        }
        if self.low[item] == met {
            let at = self.stack.iter().position(|other| *other == item).expect("it was pushed above");
            let mut group = self.stack.split_off(at);
            group.sort_unstable();
            self.groups.push(group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_begin_at_their_end() {
        assert_eq!(pointed_to_first(&[vec![1], vec![2], vec![]]), [[2], [1], [0]]);
    }

    #[test]
    fn equals_stay_in_order() {
        assert_eq!(pointed_to_first(&[vec![], vec![], vec![]]), [[0], [1], [2]]);
    }

    #[test]
    fn circles_are_one_group() {
        // 0 -> 1 -> 2 -> 1, 3 -> 3, 2 -> 4
        let groups = pointed_to_first(&[vec![1], vec![2], vec![1, 4], vec![3], vec![]]);
        assert_eq!(groups, [vec![4], vec![1, 2], vec![0], vec![3]]);
    }

    #[test]
    fn whatever_the_graph_each_comes_after_what_it_points_to() {
        // A thousand graphs, from a generator with a fixed beginning.
        let mut state = 1_u64;
        let mut next = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for _ in 0..1000 {
            let size = 1 + next(8);
            let edges: Vec<Vec<usize>> = (0..size).map(|_| (0..next(4)).map(|_| next(size)).collect()).collect();
            let groups = pointed_to_first(&edges);
            let group_of = |item: usize| groups.iter().position(|group| group.contains(&item)).expect("every item");
            for (item, targets) in edges.iter().enumerate() {
                assert!(targets.iter().all(|target| group_of(*target) <= group_of(item)), "{edges:?}: {groups:?}");
            }
            assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), size);
        }
    }
}
