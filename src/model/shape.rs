//! The shape of a context: what a plan may take for granted about it.

use super::keys::Key;
use super::scope::Scope;

/// How many tenants one kind of access reaches. Plans differ by it, not by which tenants they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    None,
    One,
    Several(usize),
    /// All tenants but some.
    Most,
    /// All tenants there are, without exception.
    All,
}

impl Reach {
    /// The reach of a set of tenants.
    pub fn of<K: Key>(scope: &Scope<K>) -> Self {
        match scope {
            Scope::Only(keys) => match keys.len() {
                0 => Self::None,
                1 => Self::One,
                many => Self::Several(many),
            },
            Scope::AllBut(keys) if keys.is_empty() => Self::All,
            Scope::AllBut(_) => Self::Most,
        }
    }

    /// Would the same plan serve both?
    pub fn same_plan(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_depends_on_how_many_tenants_not_on_which() {
        let one = Reach::of(&Scope::only([1]));
        assert!(one.same_plan(Reach::of(&Scope::only([2]))));
        assert!(!one.same_plan(Reach::of(&Scope::only([1, 2]))));
        assert!(Reach::of(&Scope::only([1, 2])).same_plan(Reach::of(&Scope::only([3, 4, 5]))));
        assert_eq!(Reach::of(&Scope::<i64>::none()), Reach::None);
    }

    #[test]
    fn all_but_some_is_not_all() {
        assert_eq!(Reach::of(&Scope::<i64>::all_but([])), Reach::All);
        let most = Reach::of(&Scope::all_but([1]));
        assert!(!most.same_plan(Reach::All) && !most.same_plan(Reach::of(&Scope::only([1, 2]))));
    }
}
