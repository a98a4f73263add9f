//! `#[on_both]`: a test that runs on SQLite and on PostgreSQL. `#[on_all]`: and on the tables of a Webitel system.

use proc_macro::{TokenStream, TokenTree};

/// Makes the tests `name::sqlite` and `name::postgres` from a function `name` that takes what the test runs on:
/// `&App` or `&Database`. It may say why it does not run on Webitel's tables: `#[on_both("queues are added there")]`.
///
/// The function stays as it is; only `#[ignore]` and `#[should_panic]` move from it to its tests.
#[proc_macro_attribute]
pub fn on_both(arguments: TokenStream, function: TokenStream) -> TokenStream {
    let mut arguments = arguments.into_iter();
    let is_reason = arguments.next().is_none_or(|reason| matches!(reason, TokenTree::Literal(_)));
    if !is_reason || arguments.next().is_some() {
        return parse("compile_error! { \"#[on_both] takes a reason, or nothing\" }");
    }
    tests(&["Sqlite", "Postgres"], function)
}

/// The same, and `name::attached`.
#[proc_macro_attribute]
pub fn on_all(arguments: TokenStream, function: TokenStream) -> TokenStream {
    if !arguments.is_empty() {
        return parse("compile_error! { \"#[on_all] takes nothing\" }");
    }
    tests(&["Sqlite", "Postgres", "Attached"], function)
}

fn tests(backends: &[&str], function: TokenStream) -> TokenStream {
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
    let Some(name) = name else { return parse("compile_error! { \"this stands before a function\" }") };
    let test = |backend: &&str| {
        let test = backend.to_lowercase();
        format!("#[test] {of_tests} fn {test}() {{ ::support::run(::support::Backend::{backend}, super::{name}); }}")
    };
    let tests: String = backends.iter().map(test).collect();
    kept.extend(parse(&format!("mod {name} {{ {tests} }}")));
    kept
}

/// Whether the test harness reads this attribute.
fn is_of_tests(attribute: TokenStream) -> bool {
    attribute.into_iter().next().is_some_and(|word| ["ignore", "should_panic"].contains(&word.to_string().as_str()))
}

fn parse(code: &str) -> TokenStream {
    code.parse().expect("code that can be read")
}
