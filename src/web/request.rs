//! The request for a page: the caller, the address, and the submitted form.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::Extension;
use axum::extract::FromRequestParts;
use axum::extract::OriginalUri;
use axum::extract::Path;
use axum::extract::Query;
use axum::http::Uri;
use axum::http::request::Parts;

use crate::base::caller::Caller;
use crate::base::config::Config;
use crate::base::sources::Sources;
use crate::graph::Graph;
use crate::web::concepts::choice::Lists;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;

/// What every page needs.
#[derive(Clone)]
pub struct Web {
    pub graph: Graph,
    pub config: Arc<Config>,
    pub base_url: Arc<str>,
    pub lists: Lists,
}

impl Web {
    /// The same for one page, whose documents read one state of the database.
    fn for_page(&self, sources: Sources) -> Web {
        Web {
            graph: self.graph.for_page(sources),
            ..self.clone()
        }
    }
}

/// A request for a page: the caller and the address.
pub struct PageRequest {
    pub web: Web,
    pub caller: Caller,
    pub uri: Uri,
    /// The fields of the submitted form, so that a refusal can return them.
    pub form: Option<Arc<Fields>>,
}

impl FromRequestParts<Web> for PageRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<PageRequest, Infallible> {
        let caller = Extension::<Caller>::from_request_parts(parts, web).await;
        let uri = OriginalUri::from_request_parts(parts, web)
            .await
            .map_or_else(|never| match never {}, |uri| uri.0);
        let sources = parts.extensions.get::<Sources>().cloned();
        Ok(PageRequest {
            web: web.for_page(sources.unwrap_or_default()),
            caller: caller.map_or_else(|_| Caller::visitor(), |caller| caller.0),
            uri,
            form: parts.extensions.get::<Arc<Fields>>().cloned(),
        })
    }
}

impl PageRequest {
    /// The query part of the address.
    pub fn query(&self) -> Fields {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&self.uri);
        Fields(pairs.map(|pairs| pairs.0).unwrap_or_default())
    }
}

/// The fields of the form that was sent; none where there was no form.
pub struct SubmittedForm {
    fields: Arc<Fields>,
}

impl Deref for SubmittedForm {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.fields
    }
}

impl FromRequestParts<Web> for SubmittedForm {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<SubmittedForm, Infallible> {
        let fields = parts.extensions.get::<Arc<Fields>>().cloned();
        let fields = fields.unwrap_or_default();
        Ok(SubmittedForm { fields })
    }
}

/// A post's position in an address: its thread, and its number there. Any other form is not found.
pub struct PostPath {
    pub thread: String,
    pub number: i64,
}

impl FromRequestParts<Web> for PostPath {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<PostPath, PageError> {
        match Path::from_request_parts(parts, web).await {
            Ok(Path((thread, number))) => Ok(PostPath { thread, number }),
            Err(_) => Err(PageError::NotFound),
        }
    }
}
