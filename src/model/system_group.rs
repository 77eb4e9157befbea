//! The ids of system groups. They are not stored: an id is computed from the tenant's and can be taken apart again.

use uuid::Uuid;

/// How the tenants of a system group relate to the one that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Subtenants,
    Supertenants,
    Relatedtenants,
}

impl Relation {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Subtenants, Self::Supertenants, Self::Relatedtenants];

    /// The name as it stands in groups' names and in `system_group_texts.relation`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subtenants => "subtenants",
            Self::Supertenants => "supertenants",
            Self::Relatedtenants => "relatedtenants",
        }
    }

    /// The relation with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.name() == name)
    }

    // Random bits that leave a uuid's version and variant alone. Fixed for ever: roles refer to groups by these ids.
    const fn mask(self) -> u128 {
        match self {
            Self::Subtenants => 0x8f1c_5e02_b7a4_0d39_04c6_9be1_7725_d0f8,
            Self::Supertenants => 0x36e9_d47b_20f5_0a8e_1d51_c80f_e3b2_694a,
            Self::Relatedtenants => 0xc25a_0b96_9d48_07f3_2ae4_3f7d_581c_b6e1,
        }
    }

    /// The id of the tenant's group of this relation.
    pub fn group_of(self, tenant: Uuid) -> Uuid {
        Uuid::from_u128(tenant.as_u128() ^ self.mask())
    }

    /// The tenant whose group of this relation would have the id.
    pub fn tenant_of(self, group: Uuid) -> Uuid {
        self.group_of(group)
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;
    use uuid::Variant;

    use super::*;

    proptest! {
        #[test]
        fn an_id_leads_back_to_its_tenant_and_relations_do_not_meet(tenant in any::<u128>()) {
            let tenant = Uuid::from_u128(tenant);
            let groups = Relation::ALL.map(|relation| relation.group_of(tenant));
            for (relation, group) in Relation::ALL.into_iter().zip(groups) {
                prop_assert_eq!(relation.tenant_of(group), tenant);
                prop_assert_eq!(group.get_version_num(), tenant.get_version_num());
                let is_of_rfc = tenant.get_variant() == Variant::RFC4122;
                prop_assert_eq!(group.get_variant() == Variant::RFC4122, is_of_rfc);
                prop_assert_ne!(group, tenant);
            }
            prop_assert!(groups[0] != groups[1] && groups[1] != groups[2] && groups[0] != groups[2]);
        }

        #[test]
        fn a_relation_has_one_name(name in prop_oneof!["(sub|super|related)tenants?", any::<String>()]) {
            prop_assert!(Relation::by_name(&name).is_none_or(|relation| relation.name() == name));
            prop_assert!(Relation::ALL.iter().all(|relation| Relation::by_name(relation.name()) == Some(*relation)));
        }
    }
}
