//! Sets of tenants, and what a context may do with them. Generic over the key: uuid and number are the same code.

use std::borrow::Cow;

use super::keys::{Key, Keys};

/// A set of tenants: a few of them, or all but a few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope<K> {
    /// These.
    Only(Keys<K>),
    /// All but these.
    AllBut(Keys<K>),
}

impl<K: Key> Scope<K> {
    /// The empty set.
    pub fn none() -> Self {
        Self::only([])
    }

    /// These tenants, in any order, with or without repetitions.
    pub fn only(keys: impl IntoIterator<Item = K>) -> Self {
        Self::Only(Keys::new(keys))
    }

    /// All tenants but these.
    pub fn all_but(keys: impl IntoIterator<Item = K>) -> Self {
        Self::AllBut(Keys::new(keys))
    }

    /// Is the tenant in the set?
    pub fn contains(&self, key: &K) -> bool {
        match self {
            Self::Only(keys) => keys.has(key),
            Self::AllBut(keys) => !keys.has(key),
        }
    }

    /// The only tenant of the set, if it has exactly one.
    pub fn single(&self) -> Option<&K> {
        match self {
            Self::Only(keys) if keys.len() == 1 => keys.first(),
            _ => None,
        }
    }

    /// Has the set no tenant?
    pub fn is_none(&self) -> bool {
        matches!(self, Self::Only(keys) if keys.is_empty())
    }

    /// Is every tenant of the other set in this one, whichever tenants there are?
    pub fn includes(&self, other: &Self) -> bool {
        use Scope::{AllBut, Only};
        match (self, other) {
            (set, Only(b)) => b.iter().all(|key| set.contains(key)),
            (AllBut(a), AllBut(b)) => a.iter().all(|key| b.has(key)),
            (Only(_), AllBut(_)) => false,
        }
    }

    /// The tenants that are in either set.
    pub fn union(self, other: Self) -> Self {
        use Scope::{AllBut, Only};
        match (self, other) {
            (Only(a), set) | (set, Only(a)) if a.is_empty() => set,
            (Only(a), Only(b)) => Self::only(a.iter().chain(b.iter()).cloned()),
            (AllBut(a), AllBut(b)) => Self::all_but(a.iter().filter(|key| b.has(key)).cloned()),
            (AllBut(a), Only(b)) | (Only(b), AllBut(a)) => Self::all_but(a.iter().filter(|key| !b.has(key)).cloned()),
        }
    }

    /// The tenants that are in both sets.
    pub fn intersection(&self, other: &Self) -> Self {
        use Scope::{AllBut, Only};
        match (self, other) {
            (Only(a), Only(b)) if a.len() > b.len() => other.intersection(self),
            (Only(few), set) | (set, Only(few)) => Self::only(few.iter().filter(|key| set.contains(key)).cloned()),
            (AllBut(a), AllBut(b)) => Self::all_but(a.iter().chain(b.iter()).cloned()),
        }
    }
}

/// The same set of tenants by either key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenants {
    pub ids: Scope<uuid::Uuid>,
    pub numbers: Scope<i64>,
}

impl Tenants {
    /// The empty set.
    pub fn none() -> Self {
        Self { ids: Scope::none(), numbers: Scope::none() }
    }

    /// These tenants.
    pub fn only(keys: impl Iterator<Item = (uuid::Uuid, i64)> + Clone) -> Self {
        Self { ids: Scope::only(keys.clone().map(|k| k.0)), numbers: Scope::only(keys.map(|k| k.1)) }
    }

    /// All tenants but these.
    pub fn all_but(keys: impl Iterator<Item = (uuid::Uuid, i64)> + Clone) -> Self {
        Self { ids: Scope::all_but(keys.clone().map(|k| k.0)), numbers: Scope::all_but(keys.map(|k| k.1)) }
    }

    /// The tenants that are in either set.
    pub fn union(self, other: Self) -> Self {
        Self { ids: self.ids.union(other.ids), numbers: self.numbers.union(other.numbers) }
    }

    /// The tenants that are in both sets.
    pub fn intersection(&self, other: &Self) -> Self {
        Self { ids: self.ids.intersection(&other.ids), numbers: self.numbers.intersection(&other.numbers) }
    }
}

/// What a context may do. The default is nobody's: nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The user, where one entered.
    pub user: Option<uuid::Uuid>,
    /// The user's own tenant; None is nobody, who does not even see public rows.
    pub home: Option<uuid::Uuid>,
    pub reads: Tenants,
    pub writes: Tenants,
    /// May write public rows.
    pub writes_public: bool,
    /// May change tenants, groups, roles and users.
    pub administers: bool,
    /// Are all of its roles limited to modules, so that other tables are not for it, public rows included?
    pub only_limited: bool,
    /// What roles that are limited to modules add on the tables of these.
    pub limited: Vec<Limited>,
}

/// What a role that is limited to modules may do on their tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    pub modules: Vec<uuid::Uuid>,
    pub reads: Tenants,
    pub writes: Tenants,
    pub writes_public: bool,
}

impl Access {
    /// What nobody in particular may do.
    pub fn nobody() -> Self {
        Self {
            user: None,
            home: None,
            reads: Tenants::none(),
            writes: Tenants::none(),
            writes_public: false,
            administers: false,
            only_limited: false,
            limited: Vec::new(),
        }
    }

    /// What it is on a table of these modules, if that differs: the roles limited to one of them count there.
    pub fn in_modules(&self, modules: &[uuid::Uuid]) -> Option<Self> {
        let mut there = self.limited.iter().filter(|role| role.modules.iter().any(|m| modules.contains(m))).peekable();
        there.peek()?;
        let mut access = Self { only_limited: false, limited: Vec::new(), ..self.clone() };
        for role in there {
            access.reads = access.reads.union(role.reads.clone());
            access.writes = access.writes.union(role.writes.clone());
            access.writes_public |= role.writes_public;
        }
        Some(access)
    }

    /// Reads and writes it on each table what the other does?
    pub fn includes(&self, other: &Self) -> bool {
        (self.home == other.home && self.only_limited == other.only_limited && self.limited == other.limited)
            && self.reads.ids.includes(&other.reads.ids)
            && self.writes.ids.includes(&other.writes.ids)
            && self.writes_public >= other.writes_public
    }

    /// How many tenants it names.
    pub fn size(&self) -> usize {
        let count = |tenants: &Tenants| match &tenants.ids {
            Scope::Only(ids) | Scope::AllBut(ids) => ids.len(),
        };
        let limited: usize = self.limited.iter().map(|role| count(&role.reads) + count(&role.writes)).sum();
        count(&self.reads) + count(&self.writes) + limited
    }

    /// The tenants whose rows it may read and write: those that it may change or delete, where it has to see which.
    pub fn changes(&self) -> Cow<'_, Tenants> {
        if self.reads == self.writes {
            Cow::Borrowed(&self.reads)
        } else {
            Cow::Owned(self.reads.intersection(&self.writes))
        }
    }

    /// Is the one tenant that the context reads the one that it writes?
    pub fn has_one_tenant(&self) -> bool {
        self.reads.ids.single().is_some_and(|tenant| self.writes.ids.single() == Some(tenant))
    }

    /// May the context read public rows? Anybody but nobody may, on tables that any of its roles is for.
    pub fn reads_public(&self) -> bool {
        self.home.is_some() && !self.only_limited
    }

    /// Are there tables on which it may read rows of the tenant?
    pub fn knows(&self, tenant: &uuid::Uuid) -> bool {
        self.reads.ids.contains(tenant) || self.limited.iter().any(|role| role.reads.ids.contains(tenant))
    }

    /// May the context read rows of every tenant there is?
    pub fn reads_everything(&self) -> bool {
        matches!(&self.reads.ids, Scope::AllBut(none) if none.is_empty())
    }

    /// May the context write rows of every tenant there is, public rows included?
    pub fn writes_everything(&self) -> bool {
        self.writes_public && matches!(&self.writes.ids, Scope::AllBut(none) if none.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All sets over four tenants, in both spellings.
    fn all_scopes() -> Vec<Scope<i64>> {
        (0u8..16)
            .flat_map(|bits| {
                let keys: Vec<i64> = (0..4).filter(|k| bits & (1 << k) != 0).collect();
                [Scope::only(keys.clone()), Scope::all_but(keys)]
            })
            .collect()
    }

    #[test]
    fn a_union_has_what_either_has_and_an_intersection_what_both_have() {
        for a in all_scopes() {
            for b in all_scopes() {
                let (union, intersection) = (a.clone().union(b.clone()), a.intersection(&b));
                for key in 0..6 {
                    assert_eq!(union.contains(&key), a.contains(&key) || b.contains(&key), "{a:?} {b:?} {key}");
                    assert_eq!(intersection.contains(&key), a.contains(&key) && b.contains(&key), "{a:?} {b:?} {key}");
                }
            }
        }
    }

    #[test]
    fn a_set_includes_another_if_it_has_all_of_it() {
        for a in all_scopes() {
            for b in all_scopes() {
                let has_all = (0..6).all(|key| a.contains(&key) || !b.contains(&key));
                assert_eq!(a.includes(&b), has_all, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        let scope = Scope::only([3, 1, 2, 3, 1]);
        assert_eq!(scope, Scope::only([1, 2, 3]));
        assert!(scope.contains(&3) && !scope.contains(&4));
    }

    #[test]
    fn only_a_set_of_one_is_single() {
        assert_eq!(Scope::only([5]).single(), Some(&5));
        assert_eq!(Scope::only([5, 6]).single(), None);
        assert_eq!(Scope::<i64>::none().single(), None);
        assert_eq!(Scope::<i64>::all_but([]).single(), None);
    }

    #[test]
    fn a_role_limited_to_modules_counts_on_their_tables_only() {
        let [tenant, sales, stock, other] = [1, 2, 3, 4].map(uuid::Uuid::from_u128);
        let of = |key: uuid::Uuid| Tenants::only([(key, 1)].into_iter());
        let role = |modules: &[uuid::Uuid], tenant| Limited {
            modules: modules.to_vec(),
            reads: of(tenant),
            writes: Tenants::none(),
            writes_public: false,
        };
        let limited = vec![role(&[sales, stock], tenant), role(&[stock], other)];
        let access = Access { home: Some(tenant), only_limited: true, limited, ..Access::nobody() };
        assert!(!access.reads_public() && access.reads.ids.is_none() && access.knows(&other));
        assert_eq!(access.in_modules(&[]), None);
        assert_eq!(access.in_modules(&[other]), None);
        let in_sales = access.in_modules(&[sales, other]).expect("the first role is for sales");
        assert!(
            in_sales.reads_public() && in_sales.reads.ids == Scope::only([tenant]) && in_sales.writes.ids.is_none()
        );
        let in_stock = access.in_modules(&[stock]).expect("both roles are for stock");
        assert_eq!(in_stock.reads.ids, Scope::only([tenant, other]));
    }

    #[test]
    fn nobody_may_do_nothing() {
        let nobody = Access::nobody();
        assert!(!nobody.reads_public() && !nobody.writes_everything() && nobody.reads.ids.is_none());
    }
}
