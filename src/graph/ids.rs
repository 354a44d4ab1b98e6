//! Global ids in arguments and input fields, each of one kind. In the schema they are `ID`.
//!
//! A value that is not an id of the kind is still a valid `ID`. It is refused where it is used, like the id of an
//! object that does not exist.

use std::borrow::Cow;

use async_graphql::ID;
use async_graphql::InputType;
use async_graphql::InputValueError;
use async_graphql::InputValueResult;
use async_graphql::Value;
use async_graphql::registry::Registry;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;

/// Declares the ids of kinds whose rows are keyed by a UUID, or by a type of their own around it.
macro_rules! ids {
    ($($name:ident of $kind:ident as $key:ty),+ $(,)?) => {
        $(
            #[doc = concat!("The global id of a [`Kind::", stringify!($kind), "`], as it was given.")]
            pub struct $name(Option<$key>);

            impl $name {
                /// The key of the row.
                ///
                /// # Errors
                /// NOT_FOUND for a value that is not an id of this kind.
                pub fn uuid(&self) -> Result<$key> {
                    self.0.ok_or(Error::NotFound)
                }

                /// The key of the row, where another row refers to it.
                ///
                /// # Errors
                /// INVALID, with the field, for a value that is not an id of this kind.
                pub fn uuid_of(&self, field: &'static str) -> Result<$key> {
                    self.0.ok_or_else(|| Error::invalid(field, Fault::Unknown))
                }

                /// The key of the row; `None` for a value that is not an id of this kind.
                pub fn found(&self) -> Option<$key> {
                    self.0
                }
            }

            impl InputType for $name {
                type RawValueType = Self;

                fn type_name() -> Cow<'static, str> {
                    <ID as InputType>::type_name()
                }

                fn create_type_info(registry: &mut Registry) -> String {
                    <ID as InputType>::create_type_info(registry)
                }

                fn parse(value: Option<Value>) -> InputValueResult<Self> {
                    let given = <ID as InputType>::parse(value).map_err(InputValueError::propagate)?;
                    Ok($name(id::to_uuid(Kind::$kind, &given).map(<$key>::from)))
                }

                fn to_value(&self) -> Value {
                    match self.0 {
                        Some(key) => Value::String(id::of_uuid(Kind::$kind, key.into())),
                        None => Value::Null,
                    }
                }

                fn as_raw_value(&self) -> Option<&Self> {
                    Some(self)
                }
            }
        )+
    };
}

ids! {
    ThreadId of Thread as id::ThreadId,
    PostId of Post as id::PostId,
    PersonId of Person as id::PersonId,
    MandateId of Mandate as Uuid,
    SessionId of Session as Uuid,
    InvitationId of Invitation as Uuid,
    DecisionId of Decision as Uuid,
    NoticeId of Notice as Uuid,
    CaseId of Case as Uuid,
    ProposalId of Proposal as Uuid,
    AppealId of Appeal as Uuid,
    TranslationId of Translation as Uuid,
    DraftId of Draft as Uuid,
}
