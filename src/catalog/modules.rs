//! Which modules a table is in.

use std::rc::Rc;

use pgrx::pg_sys::{self, Oid};
use uuid::Uuid;

use super::memo::Memo;
use super::{from_pg, protection};
use crate::pg::owner;
use crate::pg::spi::{Sees, arg, query};

query!(MODULES_OF, "modules_of.sql", &[pg_sys::OIDOID]);

thread_local! {
    static MODULES: Memo<Oid, Rc<[Uuid]>> = Memo::new();
}

/// The modules of a protected table, which are those of its parts, too.
pub fn of_table(relation: Oid) -> Rc<[Uuid]> {
    let look_up = |relation: &Oid| {
        let root = protection::protection(*relation).map_or(*relation, |protection| protection.root);
        owner::run(|| MODULES_OF.with(|q| q.rows(&[arg(root)], Sees::InPassing, |row| from_pg(row.must(1))))).into()
    };
    MODULES.with(|memo| memo.get(relation, look_up))
}
