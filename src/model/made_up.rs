//! For properties: what texts are made of, and how they are changed.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

/// A small change of a text. Places are the same share of any text.
#[derive(Clone, Debug)]
pub enum Edit {
    Insert(Index, char),
    Replace(Index, char),
    Next(Index),
    Remove(Index),
    Swap(Index, Index),
    Cut(Index),
    Double(Index),
}

impl Edit {
    /// The text with this change, which may be none.
    pub fn of(&self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let at = |index: &Index| index.index(text.chars().count().max(1));
        match self {
            Self::Insert(index, new) => chars.insert(index.index(chars.len() + 1), *new),
            Self::Cut(index) => chars.truncate(at(index)),
            Self::Double(index) => chars.extend_from_within(at(index)..),
            _ if chars.is_empty() => (),
            Self::Replace(index, new) => chars[at(index)] = *new,
            Self::Next(index) => chars[at(index)] = char::from_u32(chars[at(index)] as u32 + 1).unwrap_or(' '),
            Self::Remove(index) => drop(chars.remove(at(index))),
            Self::Swap(one, other) => chars.swap(at(one), at(other)),
        }
        chars.into_iter().collect()
    }
}

/// One edit or some.
pub fn edits() -> impl Strategy<Value = Vec<Edit>> {
    // What separates and ends things, in all the formats that are read.
    let odd =
        prop_oneof![prop::sample::select(&b".=-_+/Aae0 {}[]\"\\:,@\t\n\0"[..]).prop_map(char::from), any::<char>()];
    let place = any::<Index>;
    let edit = prop_oneof![
        (place(), odd.clone()).prop_map(|(at, new)| Edit::Insert(at, new)),
        (place(), odd).prop_map(|(at, new)| Edit::Replace(at, new)),
        place().prop_map(Edit::Next),
        place().prop_map(Edit::Remove),
        (place(), place()).prop_map(|(one, other)| Edit::Swap(one, other)),
        place().prop_map(Edit::Cut),
        place().prop_map(Edit::Double),
    ];
    prop::collection::vec(edit, 1..4)
}

/// The text with these changes, one after the other.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |text, edit| edit.of(&text))
}

/// Any JSON that is not deep.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<u128>().prop_map(|id| Value::from(uuid::Uuid::from_u128(id).to_string())),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
