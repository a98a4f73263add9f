//! TLS on the way out: certificates are checked, and each kind of failure has its sentence.

use std::process::Command;

use openssl::ssl::{SslAcceptor, SslMethod, SslVersion};
use support::certificates::{Authority, NOW, self_signed};
use support::receiver::{Receiver, json, reply};
use support::way::notes;
use tempfile::tempdir;

use crate::trying::*;

/// The authorities that a process trusts are found once, so this runs itself in a process that trusts the tests' own.
#[test]
fn a_certificate_is_checked_and_what_is_wrong_with_it_has_a_sentence() {
    const NAME: &str = "try_tls::a_certificate_is_checked_and_what_is_wrong_with_it_has_a_sentence";
    const FOLDER: &str = "TRY_TLS_FOLDER";
    let Some(folder) = std::env::var_os(FOLDER) else {
        let folder = tempdir().expect("a folder");
        Authority::new("Tests").write(folder.path());
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        again.args(["--exact", NAME, "--nocapture"]).env(FOLDER, folder.path());
        let ended = again.env("SSL_CERT_FILE", folder.path().join("authority.pem")).output().expect("it runs again");
        let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.contains("1 passed"), "{said}");
        return;
    };
    let trusted = Authority::read(folder.as_ref());
    let way = |tls: SslAcceptor, arguments: &str| {
        let receiver = Receiver::start_with_tls(tls, |_| json("{}"));
        let port = receiver.address.port();
        tried(&format!(r#"[{{"httpRequest": {{"url": "https://localhost:{port}/"{arguments}}}}}]"#))
    };
    let sentence = |tls: SslAcceptor| failure(&way(tls, "")).to_owned();

    assert_eq!(answer(&way(trusted.server("localhost", NOW), "")).status, 200);
    assert_eq!(
        sentence(trusted.server("other.example", NOW)),
        "The certificate there is for another name than localhost."
    );
    assert_eq!(
        sentence(trusted.server("localhost", (-9, -2))),
        "The certificate of localhost has expired. It has to be renewed there."
    );
    assert_eq!(
        sentence(trusted.server("localhost", (2, 9))),
        "The certificate of localhost is not valid yet. Look at its dates, and at the clock of this server."
    );
    let own = "If it is of an authority of your own, name that one's certificate in SSL_CERT_FILE of this server.";
    assert_eq!(
        sentence(Authority::new("Strangers").server("localhost", NOW)),
        format!("The certificate of localhost is from an issuer that nobody here knows. {own}")
    );
    assert_eq!(sentence(self_signed("localhost")), format!("The certificate of localhost is signed by itself. {own}"));
    let unchecked = way(self_signed("localhost"), r#", "insecureSkipVerify": true"#);
    assert!(failure(&unchecked).starts_with("The certificate of localhost is signed by itself."));
    assert_eq!(
        notes(&unchecked)[0],
        "Because of insecureSkipVerify Webitel does not look at the certificate; here it is checked."
    );
}

#[test]
fn what_speaks_no_tls_or_an_old_one_has_a_sentence() {
    let sentence = |receiver: &Receiver, scheme: &str| {
        let url = format!("{scheme}://{}/", receiver.address);
        failure(&tried(&format!(r#"[{{"httpRequest": {{"url": "{url}"}}}}]"#))).to_owned()
    };
    let plain = Receiver::start(|_| reply(400, &[], ""));
    let at = plain.address;
    assert_eq!(sentence(&plain, "https"), format!("No TLS is spoken at {at}. Is it http://, or another port?"));
    let tls = Receiver::start_with_tls(self_signed("localhost"), |_| json("{}"));
    let at = tls.address;
    assert_eq!(sentence(&tls, "http"), format!("{at} closed the connection before an answer came."));

    let mut old = SslAcceptor::mozilla_intermediate(SslMethod::tls_server()).expect("a server");
    old.set_cipher_list("ALL:@SECLEVEL=0").expect("ciphers");
    old.set_min_proto_version(None).expect("a version");
    old.set_max_proto_version(Some(SslVersion::TLS1_1)).expect("a version");
    let old = Receiver::start_with_tls(old.build(), |_| json("{}"));
    let at = old.address;
    assert_eq!(
        sentence(&old, "https"),
        format!("The TLS that is spoken at {at} is older than 1.2, which Webitel does not accept either.")
    );
}
