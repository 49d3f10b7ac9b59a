//! Rows of a list. Each is read by itself: one that cannot be read, because a newer version or an operator wrote it, is
//! left out and logged, and does not hide the others. To ask for that row alone is an error.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::Error;

/// A row of a list with the id that it is logged by, or why it cannot be read.
pub(crate) struct ListRow<T> {
    pub(crate) id: String,
    pub(crate) row: Result<T, Error>,
}

/// Decodes each row by itself. SQLite stores any type in any column, and any bytes as text.
pub(crate) fn decode<R, T>(rows: Vec<R>, id: &'static str) -> Vec<ListRow<T>>
where
    R: Row,
    T: for<'r> FromRow<'r, R>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    let decode =
        |row: R| ListRow { id: row.try_get(id).unwrap_or_default(), row: T::from_row(&row).map_err(Error::from) };
    rows.into_iter().map(decode).collect()
}

/// The values that can be read.
pub(crate) fn readable<R, T: TryFrom<R, Error = Error>>(rows: Vec<ListRow<R>>) -> Vec<T> {
    let value = |row: ListRow<R>| ListRow { id: row.id, row: row.row.and_then(T::try_from) };
    without_unreadable(rows.into_iter().map(value))
}

/// Leaves out and logs what cannot be read.
pub(crate) fn without_unreadable<T>(rows: impl IntoIterator<Item = ListRow<T>>) -> Vec<T> {
    let value = |ListRow { id, row }: ListRow<T>| match row {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::warn!(row = loggable(&id), ?error, "a row cannot be read and is left out of a list");
            None
        }
    };
    rows.into_iter().filter_map(value).collect()
}

/// An id as the program writes it. Anything else in its place might be personal.
fn loggable(id: &str) -> &str {
    let shaped = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if shaped { id } else { "unreadable id" }
}
