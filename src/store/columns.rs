//! How the types of `base` are stored in columns: enumerations by name, times as integers, keys as UUIDs.

use sea_orm::ColIdx;
use sea_orm::DbErr;
use sea_orm::QueryResult;
use sea_orm::TryFromU64;
use sea_orm::TryGetError;
use sea_orm::TryGetable;
use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use sea_orm::sea_query::ColumnType;
use sea_orm::sea_query::Nullable;
use sea_orm::sea_query::ValueType;
use sea_orm::sea_query::ValueTypeErr;
use uuid::Uuid;

use crate::base::actor::Capacity;
use crate::base::actor::DelegationKind;
use crate::base::actor::Restriction;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::id::ThreadId;
use crate::base::language::Language;

/// The length from which lists stay as they are.
const PADDED: usize = 1_000;

/// Returns these values, the last one repeated until there are as many as a power of two. Statements with lists of many lengths then
/// have few texts, and the database prepares each text once.
pub fn padded<T: Copy>(values: &[T]) -> Vec<T> {
    let mut padded = values.to_vec();
    // Long lists are rare, and a statement holds only so many values.
    if let Some(last) = values.last()
        && values.len() < PADDED
    {
        padded.resize(values.len().next_power_of_two(), *last);
    }
    padded
}

/// Stores an enumeration that has a name for each value as a text column.
macro_rules! text_column {
    ($type:ty, $write:expr, $read:expr) => {
        impl From<$type> for sea_orm::Value {
            fn from(value: $type) -> sea_orm::Value {
                let write: fn($type) -> &'static str = $write;
                sea_orm::Value::from(write(value))
            }
        }

        impl sea_orm::TryGetable for $type {
            fn try_get_by<I: sea_orm::ColIdx>(
                row: &sea_orm::QueryResult,
                index: I,
            ) -> Result<$type, sea_orm::TryGetError> {
                let read: fn(&str) -> Option<$type> = $read;
                let text = String::try_get_by(row, index)?;
                read(&text).ok_or_else(|| {
                    sea_orm::TryGetError::DbErr(sea_orm::DbErr::Type(format!(
                        "{text} is no {}",
                        stringify!($type)
                    )))
                })
            }
        }

        impl sea_orm::sea_query::ValueType for $type {
            fn try_from(value: sea_orm::Value) -> Result<$type, sea_orm::sea_query::ValueTypeErr> {
                let read: fn(&str) -> Option<$type> = $read;
                let text = <String as sea_orm::sea_query::ValueType>::try_from(value)?;
                read(&text).ok_or(sea_orm::sea_query::ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($type).to_string()
            }

            fn array_type() -> sea_orm::sea_query::ArrayType {
                sea_orm::sea_query::ArrayType::String
            }

            fn column_type() -> sea_orm::sea_query::ColumnType {
                sea_orm::sea_query::ColumnType::Text
            }
        }

        // Required for every part of a key. A text is never created from a row number.
        impl sea_orm::TryFromU64 for $type {
            fn try_from_u64(_: u64) -> Result<$type, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($type)))
            }
        }

        impl sea_orm::sea_query::Nullable for $type {
            fn null() -> sea_orm::Value {
                sea_orm::Value::String(None)
            }
        }
    };
}

/// Declares an enumeration whose values are stored as text.
macro_rules! text_enum {
    ($(#[$about:meta])* $name:ident { $($(#[$value_about:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$value_about])* $value),+
        }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// The text in the database and in the ledger.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$value => $text),+ }
            }

            /// Parses [`Self::as_str`].
            pub fn parse(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|each| each.as_str() == name)
            }
        }

        $crate::store::columns::text_column!($name, $name::as_str, $name::parse);
    };
}

pub(crate) use text_column;
pub(crate) use text_enum;

text_column!(Language, Language::code, Language::from_code);
text_column!(Role, Role::as_str, Role::parse);
text_column!(Capacity, Capacity::as_str, Capacity::parse);
text_column!(Restriction, Restriction::as_str, Restriction::parse);
text_column!(
    DelegationKind,
    DelegationKind::as_str,
    DelegationKind::parse
);

impl From<Moment> for Value {
    fn from(moment: Moment) -> Value {
        Value::from(moment.0)
    }
}

impl TryGetable for Moment {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Moment, TryGetError> {
        i64::try_get_by(row, index).map(Moment)
    }
}

impl ValueType for Moment {
    fn try_from(value: Value) -> Result<Moment, ValueTypeErr> {
        <i64 as ValueType>::try_from(value).map(Moment)
    }

    fn type_name() -> String {
        "Moment".to_string()
    }

    fn array_type() -> ArrayType {
        ArrayType::BigInt
    }

    fn column_type() -> ColumnType {
        ColumnType::BigInteger
    }
}

impl Nullable for Moment {
    fn null() -> Value {
        Value::BigInt(None)
    }
}

/// Stores the key of a row as its UUID.
macro_rules! uuid_column {
    ($type:ident) => {
        impl From<$type> for Value {
            fn from(id: $type) -> Value {
                Value::from(id.0)
            }
        }

        impl TryGetable for $type {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<$type, TryGetError> {
                Uuid::try_get_by(row, index).map($type)
            }
        }

        impl ValueType for $type {
            fn try_from(value: Value) -> Result<$type, ValueTypeErr> {
                <Uuid as ValueType>::try_from(value).map($type)
            }

            fn type_name() -> String {
                stringify!($type).to_string()
            }

            fn array_type() -> ArrayType {
                <Uuid as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <Uuid as ValueType>::column_type()
            }
        }

        impl TryFromU64 for $type {
            fn try_from_u64(number: u64) -> Result<$type, DbErr> {
                Uuid::try_from_u64(number).map($type)
            }
        }

        impl Nullable for $type {
            fn null() -> Value {
                <Uuid as Nullable>::null()
            }
        }
    };
}

uuid_column!(ThreadId);
uuid_column!(PostId);
uuid_column!(PersonId);
