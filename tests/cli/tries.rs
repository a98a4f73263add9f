//! What the options of `serve` open for tries, and what it uses on the way.

use support::process::*;
use support::receiver::{Receiver, json, reply};

/// What comes of a request to each of these addresses, one line each, on a server with these options and variables.
fn tried(options: &[&str], variables: &[(&str, &str)], urls: &[String]) -> Vec<String> {
    let database = Database::sqlite().with(CENTRE);
    let program = Program::new(&[&["serve", "--listen", "127.0.0.1:0"], options].concat());
    // Whatever the environment of the tests says of proxies.
    let none = ["http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"].map(|name| (name, ""));
    let program = none.iter().chain(variables).fold(program, |program, (name, value)| program.env(name, value));
    let server = program.env("DATABASE_URL", &database.url).serve();
    let browser = server.browser();
    let requests = urls.iter().map(|url| format!(r#"{{"httpRequest":{{"method":"GET","url":"{url}"}}}}"#));
    let text = format!("[{}]", requests.collect::<Vec<_>>().join(","));
    browser.post("/routing/flow", &[("name", "Trying"), ("type", "service"), ("text", &text)]).expect(303);
    let id = database.number("SELECT max(id) AS number FROM flow_schemas");
    let page = browser.get(&format!("/routing/flow/{id}/try")).expect(200).press("Try now", &[]).expect(200);
    page.texts("#try .came").into_iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn destinations_are_opened_by_a_list_with_commas() {
    let receiver = Receiver::start(|_| json("{}"));
    let port = receiver.address.port();
    let urls = ["localhost", "127.0.0.3", "127.0.0.1"].map(|host| format!("http://{host}:{port}/"));
    let advice = "so nothing was sent. Whoever runs this server can open it with --destinations.";
    let closed = |is: &str| format!("No answer: {is} not a public address, {advice}");
    let reached =
        ["Answer: 200 OK", &format!("No answer: Nothing listens at 127.0.0.3:{port}: it refused the connection.")]
            .map(str::to_owned);
    let expected = [&reached[..], &[closed("127.0.0.1 is")]].concat();
    assert_eq!(tried(&["--destinations", "10.0.0.0/8,127.0.0.2/31,localhost"], &[], &urls), expected);
    let variable = ("QUEUE_HOOKS_DESTINATIONS", "10.0.0.0/8,127.0.0.2/31,localhost");
    assert_eq!(tried(&[], &[variable], &urls), expected);
    assert_eq!(receiver.got().len(), 2);
    let none = tried(&[], &[], &urls);
    assert!(none[0].starts_with("No answer: localhost is at ") && none[0].ends_with(advice), "{none:?}");
    assert_eq!(none[1..], [closed("127.0.0.3 is"), closed("127.0.0.1 is")]);
    assert_eq!(receiver.got().len(), 2, "nothing was sent");
}

#[test]
fn proxies_of_the_environment_are_used_only_with_their_option() {
    let (proxy, receiver) = (Receiver::start(|_| reply(403, &[], "no")), Receiver::start(|_| json("{}")));
    let variables = [("http_proxy", &*format!("http://{}", proxy.address)), ("QUEUE_HOOKS_DESTINATIONS", "127.0.0.1")];
    let urls = [receiver.url("/")];
    assert_eq!(tried(&[], &variables, &urls), ["Answer: 200 OK"]);
    assert_eq!((proxy.got().len(), receiver.got().len()), (0, 1));
    let refused = format!("No answer: The proxy that the variables name refused to lead to {}.", receiver.address);
    assert_eq!(tried(&["--use-proxy-variables"], &variables, &urls), [refused]);
    let asked: Vec<_> = proxy.got().into_iter().map(|got| format!("{} {}", got.method, got.target)).collect();
    assert_eq!(asked, [format!("CONNECT {}", receiver.address)]);
    assert_eq!(receiver.got().len(), 1);
}
