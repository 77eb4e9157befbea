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
mod properties {
    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = RefusedEntry> {
        let named = prop::option::of((1..=u128::MAX).prop_map(Uuid::from_u128));
        let message = prop_oneof![any::<String>(), "[aä€😀]{0,60}"];
        (any::<(u32, i64, u32)>(), named, message).prop_map(|((login, at, more), named, message)| RefusedEntry {
            login,
            at,
            more,
            named,
            message,
        })
    }

    /// As much of the message as there is place for, in whole characters.
    fn cut(message: &str) -> &str {
        let ends = message.char_indices().map(|(at, c)| at + c.len_utf8());
        &message[..ends.take_while(|end| *end <= SIZE - FIXED).last().unwrap_or(0)]
    }

    proptest! {
        #[test]
        fn bytes_say_what_was_meant(entry in entries()) {
            let found = RefusedEntry::from_bytes(&entry.to_bytes());
            let message = cut(&entry.message).to_owned();
            prop_assert_eq!(found, RefusedEntry { message, ..entry });
        }

        #[test]
        fn any_bytes_say_something(bytes in prop::array::uniform32(any::<[u8; SIZE / 32]>())) {
            let bytes: [u8; SIZE] = bytes.concat().try_into().expect("32 times a 32nd");
            let said = RefusedEntry::from_bytes(&bytes);
            prop_assert_eq!(&said.to_bytes()[..FIXED - 1], &bytes[..FIXED - 1]);
        }
    }
}
