//! `partage schema`.

/// Prints the GraphQL schema.
#[expect(clippy::print_stdout, reason = "the output of the command")]
pub fn run() {
    print!("{}", crate::graph::sdl::text());
}
