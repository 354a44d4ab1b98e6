//! The errors of a form, and which refusals a form can show.

use axum::http::StatusCode;

use crate::web::error::PageError;
use crate::web::forms::field_error::FieldError;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::response::PageStatus;

/// Refusals that depend on a choice in the form.
const DENIED_CHOICES: [&str; 2] = ["CAPACITY_EXCEEDS_MANDATE", "OTHERS_HAVE_WRITTEN"];

/// The errors of a form, shown in its summary and beside the fields.
#[derive(Clone, Debug, Default)]
pub struct FormErrors {
    pub field_errors: Vec<FieldError>,
    /// Another version of the text was received before with the same key.
    pub is_sent_before: bool,
}

impl FormErrors {
    /// A single error of a field.
    pub fn of(field: &str, message: String) -> FormErrors {
        FormErrors {
            field_errors: vec![FieldError {
                field: field.to_string(),
                name: field.to_string(),
                message,
                is_named: false,
                needs_confirmation: false,
            }],
            is_sent_before: false,
        }
    }

    /// The error of that field.
    pub fn of_field(&self, field: &str) -> Option<&FieldError> {
        self.field_errors
            .iter()
            .find(|field_error| field_error.field == field)
    }

    /// Whether a field needs confirmation.
    pub fn needs_confirmation(&self, field: &str) -> bool {
        self.of_field(field)
            .is_some_and(|field_error| field_error.needs_confirmation)
    }

    /// What a form can show of a refusal; other refusals are pages of their own.
    pub fn from_error(error: PageError) -> Result<(PageStatus, FormErrors), PageError> {
        let mut retry_after_seconds = None;
        let (status, field, message) = match error {
            PageError::InvalidForm(field_errors) => {
                let form_errors = FormErrors {
                    field_errors,
                    is_sent_before: false,
                };
                return Ok((StatusCode::UNPROCESSABLE_ENTITY.into(), form_errors));
            }
            PageError::Invalid { field, message } => {
                (StatusCode::UNPROCESSABLE_ENTITY, field, message)
            }
            PageError::TooMany {
                message,
                retry_after,
            } => {
                retry_after_seconds = Some(retry_after);
                (StatusCode::TOO_MANY_REQUESTS, String::new(), message)
            }
            // The user can choose something else; no other refusal depends on what the form contains.
            PageError::Denied { reason, message } if DENIED_CHOICES.contains(&reason.as_str()) => {
                (StatusCode::FORBIDDEN, String::new(), message)
            }
            other @ (PageError::NotFound
            | PageError::Denied { .. }
            | PageError::Conflict { .. }
            | PageError::Unavailable { .. }
            | PageError::Internal { .. }) => return Err(other),
        };
        let is_sent_before = field == "key";
        let form_errors = FormErrors {
            is_sent_before,
            ..FormErrors::of(
                match is_sent_before {
                    true => "",
                    false => field_of_path(&field),
                },
                message,
            )
        };
        let page_status = PageStatus {
            status,
            retry_after: retry_after_seconds,
        };
        Ok((page_status, form_errors))
    }

    /// The same for a form that stays open for changes when its request is denied, because it can be used to request
    /// something else.
    pub fn from_error_or_denied(error: PageError) -> Result<(PageStatus, FormErrors), PageError> {
        if let PageError::Denied { reason, message } = &error
            && reason != "SIGN_IN_REQUIRED"
        {
            let form_errors = FormErrors::of("", message.clone());
            return Ok((StatusCode::FORBIDDEN.into(), form_errors));
        }
        FormErrors::from_error(error)
    }
}

impl Fields {
    /// The key for showing the form again: a new one if the old one has been used for another text.
    pub fn next_key(&self, form_errors: Option<&FormErrors>) -> String {
        match form_errors {
            Some(form_errors) if form_errors.is_sent_before => fields::new_key(),
            _ => self.key(),
        }
    }
}

/// Returns the form field for an input's path: the last name, because forms have no nested fields.
fn field_of_path(path: &str) -> &str {
    let mut names = path.rsplit('.');
    let name = names.find(|part| part.parse::<usize>().is_err());
    match name.unwrap_or_default() {
        "intoThreadId" => "into",
        name => name,
    }
}
