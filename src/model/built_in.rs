//! The rows that the installation begins with. Their ids are the same everywhere, so that dumps find them again.

use uuid::Uuid;

/// Adopted rows start here.
pub const DEFAULT_TENANT: Uuid = Uuid::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0001);
/// Rows parked here are seen only by sessions that read all tenants.
pub const NO_TENANT: Uuid = Uuid::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0002);
/// Reads and writes its home.
pub const MEMBER: Uuid = Uuid::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0011);
/// Reads and writes everything and administers, for users of the service provider.
pub const ADMINISTRATOR: Uuid = Uuid::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0012);

/// Is it one of the two built-in tenants?
pub fn is_tenant(id: Uuid) -> bool {
    id == DEFAULT_TENANT || id == NO_TENANT
}

/// Is it one of the two built-in roles?
pub fn is_role(id: Uuid) -> bool {
    id == MEMBER || id == ADMINISTRATOR
}
