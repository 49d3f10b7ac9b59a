//! Values bound to a statement. Text with a NUL is refused here, on both engines: PostgreSQL cannot store it, SQLite
//! could, and a practice must be able to move from one to the other.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Encode, Type};

/// A value bound to a statement. A query with a NUL finds nothing; anything else fails with
/// [`Error::Nul`](crate::Error::Nul).
pub(crate) struct Bound<T>(pub(crate) T);

/// The types that are bound.
pub(crate) trait Value {
    fn has_nul(&self) -> bool {
        false
    }
}

impl Value for i64 {}
impl Value for &[u8] {}

impl Value for &str {
    fn has_nul(&self) -> bool {
        self.contains('\0')
    }
}

impl Value for String {
    fn has_nul(&self) -> bool {
        self.contains('\0')
    }
}

impl<T: Value> Value for Option<T> {
    fn has_nul(&self) -> bool {
        self.as_ref().is_some_and(T::has_nul)
    }
}

impl<'q, DB: Database, T: Encode<'q, DB> + Value> Encode<'q, DB> for Bound<T> {
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        if self.0.has_nul() { Err("text with a NUL".into()) } else { self.0.encode_by_ref(buffer) }
    }

    fn produces(&self) -> Option<DB::TypeInfo> {
        self.0.produces()
    }

    fn size_hint(&self) -> usize {
        self.0.size_hint()
    }
}

impl<DB: Database, T: Type<DB>> Type<DB> for Bound<T> {
    fn type_info() -> DB::TypeInfo {
        T::type_info()
    }

    fn compatible(info: &DB::TypeInfo) -> bool {
        T::compatible(info)
    }
}

/// The answer to a query. One that was not sent because of a NUL has found nothing: no stored text has one.
pub(crate) fn found<T: Default>(answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
    match answer {
        Err(sqlx::Error::Encode(_)) => Ok(T::default()),
        answer => answer,
    }
}
