//! `#[on_both]`: a test that runs on SQLite and on PostgreSQL.

use proc_macro::{TokenStream, TokenTree};

/// Makes the tests `name::sqlite` and `name::postgres` from a function `name` that takes what the test runs on:
/// `&App` or `&Database`.
///
/// The function stays as it is; only `#[ignore]` and `#[should_panic]` move from it to its tests.
#[proc_macro_attribute]
pub fn on_both(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let (mut kept, mut of_tests, mut name) = (TokenStream::new(), String::new(), None);
    let mut tokens = function.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match (&token, tokens.peek()) {
            _ if name.is_some() => (),
            (TokenTree::Punct(_), Some(TokenTree::Group(attribute))) if is_of_tests(attribute.stream()) => {
                of_tests += &format!("#{attribute}");
                tokens.next();
                continue;
            }
            (TokenTree::Ident(word), Some(next)) if word.to_string() == "fn" => name = Some(next.to_string()),
            _ => (),
        }
        kept.extend([token]);
    }
    let (Some(name), true) = (name, arguments.is_empty()) else {
        return parse("compile_error! { \"#[on_both] stands alone before a function\" }");
    };
    kept.extend(parse(&format!(
        "mod {name} {{
            #[test] {of_tests} fn sqlite() {{ ::support::run(::support::Backend::Sqlite, super::{name}); }}
            #[test] {of_tests} fn postgres() {{ ::support::run(::support::Backend::Postgres, super::{name}); }}
        }}"
    )));
    kept
}

/// Whether the test harness reads this attribute.
fn is_of_tests(attribute: TokenStream) -> bool {
    attribute.into_iter().next().is_some_and(|word| ["ignore", "should_panic"].contains(&word.to_string().as_str()))
}

fn parse(code: &str) -> TokenStream {
    code.parse().expect("code that can be read")
}
