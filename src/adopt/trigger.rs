//! While a table is being adopted: rows that an application writes without a tenant get theirs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::rc::Rc;

use pgrx::{PgTrigger, pg_sys, pg_trigger, spi::quote_identifier};

use crate::administration::enforce;
use crate::catalog::watched;
use crate::error::UnregisteredRefusal;
use crate::pg::answers::{self, Answer};
use crate::pg::rows::TriggerRows;
use crate::pg::spi::{Plan, Row, Sees, arg, query};
use crate::pg::{owner, relations};
use crate::unregistered;

query!(ADOPTION_OF, "adoption_of.sql", &[pg_sys::OIDOID]);

/// How rows of a relation get their tenant: as whoever owns the table under adoption says, be the relation a part that somebody else
/// owns.
struct Adoption {
    root: pg_sys::Oid,
    column: String,
    /// None where rows stay as they are.
    value: Option<Plan>,
}

/// What this backend remembers, and of which generation of our tables it is true.
#[derive(Default)]
struct Known {
    generation: u64,
    adoptions: HashMap<pg_sys::Oid, Option<Rc<Adoption>>>,
}

thread_local! {
    // Never dropped: at the end of the backend PostgreSQL is no longer there to free plans.
    static KNOWN: ManuallyDrop<RefCell<Known>> = ManuallyDrop::new(RefCell::default());
}

/// BEFORE INSERT OR UPDATE, a row whose tenant is NULL. See `tenancy.adopt_row`.
#[pg_trigger(sql = false)]
fn adopt_row<'a>(trigger: &'a PgTrigger<'a>) -> Answer<'a> {
    let rows = TriggerRows::of(trigger);
    let relation = rows.relation();
    let Some(new) = rows.new else { return answers::unchanged(trigger) };
    let Some(adoption) = adoption(relation) else {
        enforce(unregistered::refuse(UnregisteredRefusal::NoAdoption { table: relations::qualified(relation) }));
        return answers::unchanged(trigger);
    };
    let (Some(value), Some(column)) = (&adoption.value, relations::column_number(relation, &adoption.column)) else {
        return answers::unchanged(trigger);
    };
    let row = [Some(new.as_value())];
    // The value outlives the query: of a type passed by reference it is copied.
    let read = |row: &Row| row.lasting(1);
    let values = owner::run_pinned_as_owner_of(adoption.root, || value.rows(&row, Sees::Statement, read));
    answers::changed(trigger, &[(column, values.into_iter().next().flatten())])
}

fn adoption(relation: pg_sys::Oid) -> Option<Rc<Adoption>> {
    let known = KNOWN.with(|known| {
        let known = known.borrow();
        (known.generation == watched::generation()).then(|| known.adoptions.get(&relation).cloned()).flatten()
    });
    known.unwrap_or_else(|| {
        watched::watch();
        let generation = watched::generation();
        let found = look_up(relation).map(Rc::new);
        KNOWN.with(|known| {
            let mut known = known.borrow_mut();
            if known.generation != generation {
                *known = Known { generation, adoptions: HashMap::new() };
            }
            known.adoptions.insert(relation, found.clone());
        });
        found
    })
}

fn look_up(relation: pg_sys::Oid) -> Option<Adoption> {
    let read = |row: &Row| (row.must::<pg_sys::Oid>(1), row.must::<String>(2), row.get::<String>(3));
    let (root, column, value) = owner::run(|| ADOPTION_OF.with(|q| q.first(&[arg(relation)], Sees::InPassing, read)))?;
    let text = |value| format!("select {value} from (select ($1).*) {}", quote_identifier(relations::name(root)));
    let plan = |text: String| Plan::new(&text, &[relations::row_type(relation)]);
    let value = value.map(|value| owner::run_pinned_as_owner_of(root, || plan(text(value))));
    Some(Adoption { root, column, value })
}
