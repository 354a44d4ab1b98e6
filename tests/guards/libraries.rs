//! What the program recognises in libraries only by message texts, because they offer nothing else.

use async_graphql::InputValueError;
use async_graphql::Pos;
use partage::graph::errors;

#[test]
fn an_input_that_cannot_be_read_is_known_by_its_message() {
    let error = InputValueError::<i32>::custom("not a number");
    let told = error.into_server_error(Pos::default());
    assert!(told.message.starts_with(errors::UNREADABLE_INPUT));
    assert!(told.source.is_none() && told.extensions.is_none());
}
