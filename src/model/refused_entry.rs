//! A refused entry as the bytes that a background worker is given to record it.

use uuid::Uuid;

/// What a background worker can be given.
pub const SIZE: usize = 128;
const FIXED: usize = 33;

/// Who was refused, when and why.
#[derive(Debug, PartialEq, Eq)]
pub struct RefusedEntry {
    /// The login role's oid.
    pub login: u32,
    /// PostgreSQL's timestamp.
    pub at: i64,
    /// How many before were not recorded.
    pub more: u32,
    /// The user or tenant that was named, if one was.
    pub named: Option<Uuid>,
    pub message: String,
}

impl RefusedEntry {
    /// The bytes; a longer message is cut.
    pub fn to_bytes(&self) -> [u8; SIZE] {
        let mut end = self.message.len().min(SIZE - FIXED);
        while !self.message.is_char_boundary(end) {
            end -= 1;
        }
        let mut bytes = [0; SIZE];
        bytes[0..4].copy_from_slice(&self.login.to_le_bytes());
        bytes[4..12].copy_from_slice(&self.at.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.more.to_le_bytes());
        bytes[16..32].copy_from_slice(self.named.unwrap_or_default().as_bytes());
        bytes[32] = end as u8;
        bytes[FIXED..FIXED + end].copy_from_slice(&self.message.as_bytes()[..end]);
        bytes
    }

    /// What the bytes say.
    pub fn from_bytes(bytes: &[u8; SIZE]) -> Self {
        let four = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let at = [four(4), four(8)].concat().try_into().map_or(0, i64::from_le_bytes);
        let named = Uuid::from_slice(&bytes[16..32]).unwrap_or_default();
        let end = (FIXED + usize::from(bytes[32])).min(SIZE);
        Self {
            login: u32::from_le_bytes(four(0)),
            at,
            more: u32::from_le_bytes(four(12)),
            named: (!named.is_nil()).then_some(named),
            message: String::from_utf8_lossy(&bytes[FIXED..end]).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(message: &str) -> RefusedEntry {
        RefusedEntry { login: 7, at: -3, more: 1 << 30, named: Some(Uuid::from_u128(9)), message: message.into() }
    }

    #[test]
    fn bytes_say_what_was_meant() {
        for whole in [entry("no"), RefusedEntry { named: None, ..entry("") }] {
            assert_eq!(RefusedEntry::from_bytes(&whole.to_bytes()), whole);
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let cut = RefusedEntry::from_bytes(&entry(&"ä".repeat(60)).to_bytes());
        assert_eq!(cut.message, "ä".repeat(47));
    }
}
