//! The rows that a row trigger is called for, column by column, without copying them.

use std::ffi::CStr;

use pgrx::{FromDatum, PgTrigger, pg_sys};
use smallvec::SmallVec;

unsafe extern "C-unwind" {
    // In access/htup_details.h. pgrx's own bindings prepare for errors each time, which these do not raise.
    fn nocachegetattr(tuple: pg_sys::HeapTuple, column: core::ffi::c_int, shape: pg_sys::TupleDesc) -> pg_sys::Datum;
    // In access/xact.h. Likewise.
    fn TransactionIdIsCurrentTransactionId(transaction: pg_sys::TransactionId) -> bool;
    // In access/htup.h. Likewise.
    fn HeapTupleHeaderGetCmin(header: pg_sys::HeapTupleHeader) -> pg_sys::CommandId;
    // In utils/datum.h, which pgrx does not bind.
    fn datumIsEqual(a: pg_sys::Datum, b: pg_sys::Datum, by_value: bool, length: core::ffi::c_int) -> bool;
    fn datumGetSize(value: pg_sys::Datum, by_value: bool, length: core::ffi::c_int) -> usize;
    fn datumCopy(value: pg_sys::Datum, by_value: bool, length: core::ffi::c_int) -> pg_sys::Datum;
    fn datum_image_hash(value: pg_sys::Datum, by_value: bool, length: core::ffi::c_int) -> u32;
    // In common/hashfn.h. Likewise.
    fn hash_bytes_uint32(key: u32) -> u32;
}

/// The bytes of the values of a key (`StoredRow::append_image`); two of them at most times.
pub type Image = SmallVec<[u8; 32]>;

/// The trigger's relation and its rows. For INSERT only `new` is there, for DELETE only `old`.
pub struct TriggerRows {
    relation: pg_sys::Relation,
    pub old: Option<StoredRow>,
    pub new: Option<StoredRow>,
}

/// A row as it is stored, for as long as its trigger runs or its page is pinned.
#[derive(Clone, Copy)]
pub struct StoredRow {
    tuple: pg_sys::HeapTuple,
    shape: pg_sys::TupleDesc,
}

/// A row that this transaction wrote: its place, and the command that put it there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Version {
    pub block: u32,
    pub offset: u16,
    command: u32,
}

impl TriggerRows {
    /// Reads the rows of a row-level trigger.
    pub fn of(trigger: &PgTrigger<'_>) -> Self {
        let data = trigger.trigger_data();
        // SAFETY: PostgreSQL filled the trigger data, and they outlive the call of the trigger function.
        let shape = unsafe { (*data.tg_relation).rd_att };
        let row = |tuple: pg_sys::HeapTuple| (!tuple.is_null()).then_some(StoredRow { tuple, shape });
        let event = trigger.event();
        let (old, new) = if event.fired_by_insert() {
            (None, row(data.tg_trigtuple))
        } else if event.fired_by_update() {
            (row(data.tg_trigtuple), row(data.tg_newtuple))
        } else {
            (row(data.tg_trigtuple), None)
        };
        Self { relation: data.tg_relation, old, new }
    }

    /// The relation that the row is in: for a row of a partitioned table, the partition.
    pub fn relation(&self) -> pg_sys::Oid {
        // SAFETY: the relation is open while the trigger runs.
        unsafe { (*self.relation).rd_id }
    }

    /// Do old and new row have different values, byte for byte, in the column?
    pub fn differs(&self, column: i16) -> bool {
        match (self.old, self.new) {
            (Some(old), Some(new)) => !old.equals(&new, column),
            _ => true,
        }
    }
}

/// The arguments that the trigger was made with.
pub fn arguments<'a>(trigger: &'a PgTrigger<'_>) -> impl Iterator<Item = &'a CStr> {
    // SAFETY: the trigger has as many arguments as it says, NUL-terminated, which last as long as the call.
    unsafe {
        let trigger = &*trigger.trigger_data().tg_trigger;
        (0..trigger.tgnargs as usize).map(|nth| CStr::from_ptr((*trigger.tgargs.add(nth)).cast_const()))
    }
}

/// The relation of a trigger of any kind.
pub fn relation_of(trigger: &PgTrigger<'_>) -> pg_sys::Oid {
    // SAFETY: the relation is open while the trigger runs.
    unsafe { (*trigger.trigger_data().tg_relation).rd_id }
}

impl StoredRow {
    /// # Safety
    /// The row has the shape, and both outlive the use of it.
    pub(super) unsafe fn new(tuple: pg_sys::HeapTuple, shape: pg_sys::TupleDesc) -> Self {
        Self { tuple, shape }
    }

    /// The value of a column by its attribute number, for an argument of a query; None is NULL. It points into the row.
    pub fn datum(&self, column: i16) -> Option<pg_sys::Datum> {
        let nth = column as usize - 1;
        // SAFETY: tuple and shape belong together and outlive the use of it. A row that was stored before the table had
        // the column is short of it. Of those that it has, a bitmap says which are not NULL.
        unsafe {
            let header = (*self.tuple).t_data;
            if nth >= pg_sys::submodules::htup::HeapTupleHeaderGetNatts(header) as usize {
                let mut null = false;
                let datum = pg_sys::getmissingattr(self.shape, i32::from(column), &mut null);
                return (!null).then_some(datum);
            }
            let has_nulls = u32::from((*header).t_infomask) & pg_sys::HEAP_HASNULL != 0;
            if has_nulls && *(*header).t_bits.as_ptr().add(nth / 8) & 1 << (nth % 8) == 0 {
                return None;
            }
            Some(nocachegetattr(self.tuple, i32::from(column), self.shape))
        }
    }

    /// The value of a column by its attribute number. The type must be the column's.
    pub fn get<T: FromDatum>(&self, column: i16) -> Option<T> {
        // SAFETY: as in `datum`.
        self.datum(column).and_then(|datum| unsafe { T::from_datum(datum, false) })
    }

    /// The value of an integer column of any width.
    pub fn integer(&self, column: i16) -> Option<i64> {
        // SAFETY: the shape has the column, whose type is looked at before the value is read as one of it.
        let kind = unsafe { type_of(self.shape, column) };
        match kind {
            pg_sys::INT8OID => self.get::<i64>(column),
            pg_sys::INT4OID => self.get::<i32>(column).map(i64::from),
            _ => None,
        }
    }

    /// The bytes of a column's value, preceded by their number: what has the same image is the same value.
    pub fn append_image(&self, column: i16, value: pg_sys::Datum, image: &mut Image) {
        // SAFETY: the value is of the column's type; the row outlives the trigger call.
        let (head, bytes) = unsafe { image_of(self.shape, column, value) };
        image.extend_from_slice(&head);
        image.extend_from_slice(bytes);
    }

    /// Takes a column's value off the front of an image, if the image begins with it.
    pub(super) fn take_image(&self, column: i16, value: pg_sys::Datum, image: &mut &[u8]) -> bool {
        // SAFETY: as above.
        let (head, bytes) = unsafe { image_of(self.shape, column, value) };
        let rest = image.strip_prefix(&head[..]).and_then(|rest| rest.strip_prefix(bytes));
        *image = rest.unwrap_or_default();
        rest.is_some()
    }

    /// A hash of the bytes of columns' values, stored compressed or not; None if one of them is NULL.
    pub fn image_hash(&self, columns: &[i16]) -> Option<u32> {
        columns.iter().try_fold(0u32, |hash, &column| {
            let value = self.datum(column)?;
            // SAFETY: the value is of the column's type, whose length and passing the row's shape tells. Fetching one that is
            // stored elsewhere may raise an error, which is caught at the boundary.
            let image = unsafe {
                match passing(self.shape, column) {
                    (true, _) => hash_bytes_uint32(value.value() as u32 ^ (value.value() >> 32) as u32),
                    (_, length) => pg_sys::ffi::pg_guard_ffi_boundary(|| datum_image_hash(value, false, length)),
                }
            };
            Some(hash.rotate_left(1) ^ image)
        })
    }

    fn equals(&self, other: &Self, column: i16) -> bool {
        match (self.datum(column), other.datum(column)) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                // SAFETY: both datums are of the column's type, whose length and passing the row's shape tells.
                unsafe {
                    let (by_value, length) = passing(self.shape, column);
                    datumIsEqual(a, b, by_value, length)
                }
            }
            _ => false,
        }
    }

    /// The whole row as a value of its table's type.
    pub fn as_value(&self) -> pg_sys::Datum {
        // SAFETY: tuple and shape belong together and outlive the trigger call; the callee makes a copy.
        unsafe { pg_sys::heap_copy_tuple_as_datum(self.tuple, self.shape) }
    }

    /// Did this transaction, or a savepoint of it, write the row? Rows that COPY FREEZE wrote count.
    pub fn written_by_this_transaction(&self) -> bool {
        // SAFETY: the tuple outlives the trigger call; triggers get rows as they are stored, header included.
        unsafe { TransactionIdIsCurrentTransactionId((*(*self.tuple).t_data).t_choice.t_heap.t_xmin) }
    }

    /// Which version of which row it is; None if this transaction did not write it, or wrote it frozen.
    pub fn own_version(&self) -> Option<Version> {
        // SAFETY: as above.
        let is_own = unsafe {
            TransactionIdIsCurrentTransactionId(pg_sys::submodules::htup::HeapTupleHeaderGetXmin((*self.tuple).t_data))
        };
        is_own.then(|| {
            // SAFETY: the tuple outlives the trigger call, header included; the transaction knows its commands.
            let (place, command) = unsafe { ((*self.tuple).t_self, HeapTupleHeaderGetCmin((*self.tuple).t_data)) };
            let block = u32::from(place.ip_blkid.bi_hi) << 16 | u32::from(place.ip_blkid.bi_lo);
            Version { block, offset: place.ip_posid, command }
        })
    }

    /// The place of the row in its table, as the `ctid` column shows it.
    pub fn place(&self) -> pg_sys::ItemPointerData {
        // SAFETY: the tuple outlives the trigger call.
        unsafe { (*self.tuple).t_self }
    }
}

/// Before all places of a block.
pub fn first_of_block(block: i64) -> pg_sys::ItemPointerData {
    let block = u32::try_from(block).unwrap_or(pg_sys::InvalidBlockNumber);
    let ip_blkid = pg_sys::BlockIdData { bi_hi: (block >> 16) as u16, bi_lo: block as u16 };
    pg_sys::ItemPointerData { ip_blkid, ip_posid: 0 }
}

/// Is a value of the column passed by value, and how long is it? Negative lengths are PostgreSQL's for values that tell it.
///
/// # Safety
/// `shape` is a valid tuple descriptor that has the column.
unsafe fn passing(shape: pg_sys::TupleDesc, column: i16) -> (bool, core::ffi::c_int) {
    // SAFETY: by the caller's promise.
    unsafe {
        #[cfg(feature = "pg18")]
        let attribute = (*shape).compact_attrs.as_ptr().add(column as usize - 1);
        #[cfg(not(feature = "pg18"))]
        let attribute = (*shape).attrs.as_ptr().add(column as usize - 1);
        ((*attribute).attbyval, (*attribute).attlen.into())
    }
}

/// # Safety
/// `shape` is a valid tuple descriptor that has the column.
unsafe fn type_of(shape: pg_sys::TupleDesc, column: i16) -> pg_sys::Oid {
    // SAFETY: by the caller's promise.
    unsafe {
        #[cfg(feature = "pg18")]
        let attribute = pg_sys::TupleDescAttr(shape, i32::from(column) - 1);
        #[cfg(not(feature = "pg18"))]
        let attribute = (*shape).attrs.as_ptr().add(column as usize - 1);
        (*attribute).atttypid
    }
}

/// A copy of a column's value in the current memory context.
///
/// # Safety
/// Called within a boundary. `shape` has the column, and the value is of its type.
pub(super) unsafe fn copy(shape: pg_sys::TupleDesc, column: i16, value: pg_sys::Datum) -> pg_sys::Datum {
    // SAFETY: by the caller's promise.
    unsafe {
        let (by_value, length) = passing(shape, column);
        datumCopy(value, by_value, length)
    }
}

/// The value of a column of the row in a slot; None is NULL. It lasts as long as the slot holds the row.
///
/// # Safety
/// The slot holds a row of a table that has the column.
pub(super) unsafe fn slot_value(slot: *mut pg_sys::TupleTableSlot, column: i16) -> Option<pg_sys::Datum> {
    let nth = column as usize - 1;
    // SAFETY: by the caller's promise; the columns up to this one are filled first.
    unsafe {
        if (*slot).tts_nvalid < column {
            pg_sys::slot_getsomeattrs_int(slot, i32::from(column));
        }
        (!*(*slot).tts_isnull.add(nth)).then(|| *(*slot).tts_values.add(nth))
    }
}

/// A value that was read. The type must be the column's.
pub fn value_of<T: FromDatum>(value: Option<pg_sys::Datum>) -> Option<T> {
    // SAFETY: the caller knows the type; the value is a copy, or its row is held.
    value.and_then(|datum| unsafe { T::from_datum(datum, false) })
}

/// What an image holds of one value: the value or the number of its bytes, and these.
///
/// # Safety
/// `shape` has the column, and the value is of its type; the bytes live as long as what it points to.
unsafe fn image_of<'a>(shape: pg_sys::TupleDesc, column: i16, value: pg_sys::Datum) -> ([u8; 8], &'a [u8]) {
    // SAFETY: by the caller's promise; one that is passed by reference points to as many bytes as datumGetSize says.
    unsafe {
        let (by_value, length) = passing(shape, column);
        if by_value {
            return (value.value().to_ne_bytes(), &[]);
        }
        let size = datumGetSize(value, false, length);
        (size.to_ne_bytes(), std::slice::from_raw_parts(value.cast_mut_ptr::<u8>(), size))
    }
}
