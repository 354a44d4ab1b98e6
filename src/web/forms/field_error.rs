//! A single error of a form.

use crate::web::text::Text;

/// An error of a form.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// The name of the field; empty if no field can be corrected.
    pub field: String,
    /// The name that identifies its label, where forms use the same field name for different things; otherwise the
    /// field name.
    pub name: String,
    pub message: String,
    /// Whether the message itself names the field.
    pub is_named: bool,
    /// Whether it asks for confirmation.
    pub needs_confirmation: bool,
}

impl FieldError {
    /// The message for the summary, with the name of the field.
    pub fn labelled(&self, text: &Text) -> String {
        match label_key(&self.name) {
            Some(label) if !self.is_named => text.field_error(&text.t(label), &self.message),
            _ => self.message.clone(),
        }
    }
}

/// The text key of a field's label.
fn label_key(name: &str) -> Option<&'static str> {
    Some(match name {
        "title" => "field-title",
        "body" => "field-body",
        "language" => "field-language",
        "kind" => "field-kind",
        "visibility" => "field-visibility",
        "tools" => "facet-tools",
        "methods" => "facet-methods",
        "regions" => "facet-regions",
        "capacity" => "field-capacity",
        "mandateId" => "field-mandate",
        "reason" => "decide-reason",
        "explanation" => "decide-explanation",
        "until" => "decide-until",
        "seconds" => "decide-seconds",
        "into" => "decide-into",
        "overturn" => "appeal-what",
        "personId" => "case-assign-to",
        "note" => "case-note",
        "reportNote" => "report-note",
        "name" => "field-name",
        "timeZone" => "settings-zone",
        "ownLanguage" => "settings-language",
        "email" => "field-email",
        "password" => "field-password",
        "currentPassword" => "field-current-password",
        "newPassword" => "field-new-password",
        "role" => "field-role",
        "delegationId" => "field-delegation",
        "personTitle" => "field-person-title",
        "mandateUntil" => "field-mandate-until",
        "slug" => "field-slug",
        "label" => "field-label",
        "definition" => "field-definition",
        "successorId" => "field-successor",
        "waitingDays" => "queue-days",
        "openedFrom" => "filter-from",
        "openedUntil" => "filter-until",
        _ => return None,
    })
}
