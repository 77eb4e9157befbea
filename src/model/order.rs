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
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;

    fn graphs() -> impl Strategy<Value = Vec<Vec<usize>>> {
        (1..9usize).prop_flat_map(|size| prop::collection::vec(prop::collection::vec(0..size, 0..4), size))
    }

    /// Does one item lead to the other?
    fn leads_to(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
        let (mut met, mut ahead) = (vec![false; edges.len()], vec![from]);
        while let Some(item) = ahead.pop() {
            if !std::mem::replace(&mut met[item], true) {
                ahead.extend(&edges[item]);
            }
        }
        met[to]
    }

    proptest! {
        #[test]
        fn each_comes_after_what_it_points_to_and_circles_stay_together(edges in graphs()) {
            let groups = pointed_to_first(&edges);
            prop_assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), edges.len());
            let group_of = |item: usize| groups.iter().position(|group| group.contains(&item)).expect("every item");
            for one in 0..edges.len() {
                for other in 0..edges.len() {
                    let there = leads_to(&edges, one, other);
                    prop_assert_eq!(group_of(one) == group_of(other), there && leads_to(&edges, other, one));
                    prop_assert!(!there || group_of(other) <= group_of(one), "{:?}", groups);
                }
            }
        }
    }
}
