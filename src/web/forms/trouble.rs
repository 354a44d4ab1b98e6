//! The errors of a form, and which refusals a form can show.

use axum::http::StatusCode;

use crate::web::error::PageError;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::flaw::Flaw;
use crate::web::response::Standing;

/// Refusals that depend on a choice in the form.
const CHOSEN: [&str; 2] = ["CAPACITY_EXCEEDS_MANDATE", "OTHERS_HAVE_WRITTEN"];

/// The errors of a form, shown in its summary and beside the fields.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    pub flaws: Vec<Flaw>,
    /// Another version of the text was received before with the same key.
    pub is_sent_before: bool,
}

impl Trouble {
    /// A single error of a field.
    pub fn of(field: &str, message: String) -> Trouble {
        Trouble {
            flaws: vec![Flaw {
                field: field.to_string(),
                name: field.to_string(),
                message,
                is_named: false,
                asks: false,
            }],
            is_sent_before: false,
        }
    }

    /// The error of that field.
    pub fn with(&self, field: &str) -> Option<&Flaw> {
        self.flaws.iter().find(|flaw| flaw.field == field)
    }

    /// Whether a field needs confirmation.
    pub fn asks(&self, field: &str) -> bool {
        self.with(field).is_some_and(|flaw| flaw.asks)
    }

    /// What a form can show of a refusal; other refusals are pages of their own.
    pub fn from_error(error: PageError) -> Result<(Standing, Trouble), PageError> {
        let mut wait = None;
        let (status, field, message) = match error {
            PageError::Flawed(flaws) => {
                let trouble = Trouble {
                    flaws,
                    is_sent_before: false,
                };
                return Ok((StatusCode::UNPROCESSABLE_ENTITY.into(), trouble));
            }
            PageError::Invalid { field, message } => {
                (StatusCode::UNPROCESSABLE_ENTITY, field, message)
            }
            PageError::TooMany {
                message,
                retry_after,
            } => {
                wait = Some(retry_after);
                (StatusCode::TOO_MANY_REQUESTS, String::new(), message)
            }
            // The user can choose something else; no other refusal depends on what the form contains.
            PageError::Denied { reason, message } if CHOSEN.contains(&reason.as_str()) => {
                (StatusCode::FORBIDDEN, String::new(), message)
            }
            other @ (PageError::NotFound
            | PageError::Denied { .. }
            | PageError::Conflict { .. }
            | PageError::Unavailable { .. }
            | PageError::Internal { .. }) => return Err(other),
        };
        let is_sent_before = field == "key";
        let trouble = Trouble {
            is_sent_before,
            ..Trouble::of(
                match is_sent_before {
                    true => "",
                    false => named(&field),
                },
                message,
            )
        };
        let standing = Standing {
            status,
            retry_after: wait,
        };
        Ok((standing, trouble))
    }

    /// The same for a form that stays open for changes when its request is denied, because it can be used to request
    /// something else.
    pub fn from_error_or_denied(error: PageError) -> Result<(Standing, Trouble), PageError> {
        if let PageError::Denied { reason, message } = &error
            && reason != "SIGN_IN_REQUIRED"
        {
            let trouble = Trouble::of("", message.clone());
            return Ok((StatusCode::FORBIDDEN.into(), trouble));
        }
        Trouble::from_error(error)
    }
}

impl Fields {
    /// The key for showing the form again: a new one if the old one has been used for another text.
    pub fn next_key(&self, trouble: Option<&Trouble>) -> String {
        match trouble {
            Some(trouble) if trouble.is_sent_before => fields::new_key(),
            _ => self.key(),
        }
    }
}

/// Returns the form field for an input's path: the last name, because forms have no nested fields.
fn named(path: &str) -> &str {
    let mut names = path.rsplit('.');
    let name = names.find(|part| part.parse::<usize>().is_err());
    match name.unwrap_or_default() {
        "intoThreadId" => "into",
        name => name,
    }
}
