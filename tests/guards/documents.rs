//! The documents of scripts: each one that a script names exists and is valid by the published schema.

use std::fs;
use std::path::Path;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Schema;

use partage::web::post::documents::operation;

#[test]
fn every_document_that_a_script_names_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("schema.graphql")).expect("the schema");
    // The compiler does not know the directive.
    let text = format!("{text}\ndirective @oneOf on INPUT_OBJECT\n");
    let schema = Schema::parse_and_validate(text, "schema.graphql").expect("a valid schema");
    let mut found = 0;
    for entry in fs::read_dir(root.join("src/web/modules")).expect("the modules") {
        let path = entry.expect("an entry").path();
        let script = fs::read_to_string(&path).expect("a script");
        for part in script.split("\"document ").skip(1) {
            let (name, _) = part.split_once('"').expect("the end of a name");
            let document = operation(name).expect(name);
            let checked = ExecutableDocument::parse_and_validate(&schema, document, name);
            assert!(checked.is_ok(), "{}: {:?}", path.display(), checked.err());
            found += 1;
        }
    }
    assert_eq!(found, 3, "the scripts were read");
}
