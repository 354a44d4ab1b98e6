//! The schema as text, for `schema.graphql`.

/// Endings of the names of types without an id. A comment in the schema exempts them from a rule of graphql-eslint.
const VALUE_TYPE_SUFFIXES: [&str; 5] = ["Connection", "Edge", "PageInfo", "Payload", "Presence"];
const LINT_EXCEPTION: &str = "# eslint-disable-next-line @graphql-eslint/strict-id-in-types -- a value without an identity of its own";

/// The whole schema as the executor exports it, with its description.
pub fn full() -> String {
    let options = async_graphql::SDLExportOptions::new().include_specified_by();
    let sdl = crate::graph::schema().sdl_with_options(options);
    let description = crate::graph::DESCRIPTION;
    sdl.replacen(
        "\nschema {",
        &format!("\n\"\"\"\n{description}\n\"\"\"\nschema {{"),
        1,
    )
}

/// The whole schema in the schema definition language, without the definition of its root types: they have their usual
/// names, and the compiler of the pages' documents does not read a description there. It ends with a newline.
/// Directives that every GraphQL schema has are left out.
pub fn text() -> String {
    let sdl = full();
    let own = sdl
        .split("\"\"\"\nDirects the executor")
        .next()
        .unwrap_or(&sdl);
    let mut text = String::new();
    for line in own.trim_end().lines() {
        let name = line
            .strip_prefix("type ")
            .and_then(|rest| rest.split([' ', '{']).next());
        let is_value = |name: &str| {
            VALUE_TYPE_SUFFIXES
                .iter()
                .any(|suffix| name.ends_with(suffix))
        };
        if name.is_some_and(is_value) {
            text.push_str(LINT_EXCEPTION);
            text.push('\n');
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
