//! The errors for which a request is not executed.

use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::DiagnosticList;

/// The maximum number of errors reported for one document.
const MAX_ERRORS: usize = 20;

/// An error in a document or its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// The message, in English, for the author of a client.
    pub message: String,
    /// Line and column in the document, starting at 1.
    pub at: Option<(usize, usize)>,
    /// The path of the input whose value does not have the form of its type, relative to the argument `input` where
    /// there is one: names and, for lists, positions from 0, joined by dots.
    pub field: Option<String>,
}

impl DocumentError {
    /// An error without a location.
    pub fn new(message: impl Into<String>) -> DocumentError {
        DocumentError {
            message: message.into(),
            at: None,
            field: None,
        }
    }

    /// An error at a location in the document.
    pub fn at(
        message: impl Into<String>,
        span: Option<SourceSpan>,
        sources: &SourceMap,
    ) -> DocumentError {
        DocumentError {
            at: position(span, sources),
            ..DocumentError::new(message)
        }
    }
}

/// Line and column of a span, starting at 1. Columns are counted in UTF-16 code units, as in the reference
/// implementation.
pub fn position(span: Option<SourceSpan>, sources: &SourceMap) -> Option<(usize, usize)> {
    let span = span?;
    let before = sources
        .get(&span.file_id())?
        .source_text()
        .get(..span.offset())?;
    // A line ends with LF, CR LF, or CR alone.
    let ends = before.matches('\n').count() + before.matches('\r').count()
        - before.matches("\r\n").count();
    let line = before
        .rfind(['\n', '\r'])
        .map_or(before, |end| &before[end + 1..]);
    Some((ends + 1, line.encode_utf16().count() + 1))
}

/// All errors of a request; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentErrors(pub Vec<DocumentError>);

impl DocumentErrors {
    /// A single error.
    pub fn one(error: DocumentError) -> DocumentErrors {
        DocumentErrors(vec![error])
    }

    /// The errors that the parser or validator found.
    pub fn of_diagnostics(diagnostics: &DiagnosticList) -> DocumentErrors {
        let mut errors: Vec<DocumentError> = diagnostics
            .iter()
            .take(MAX_ERRORS)
            .map(|each| {
                DocumentError::at(each.error.to_string(), each.error.location(), each.sources)
            })
            .collect();
        if errors.is_empty() {
            errors.push(DocumentError::new("The document is not valid."));
        }
        DocumentErrors(errors)
    }
}
