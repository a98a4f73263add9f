//! Certificates of the tests' own, and servers that show them.

use std::path::Path;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

/// Days from today: from the first one until the last one.
pub type Days = (i64, i64);
/// From yesterday until in ten days.
pub const NOW: Days = (-1, 10);

/// Whoever vouches for certificates.
pub struct Authority {
    certificate: X509,
    key: PKey<Private>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = new_key();
        let mut builder = begun(name, NOW, &key);
        builder.append_extension(BasicConstraints::new().critical().ca().build().expect("a mark")).expect("a mark");
        builder.set_issuer_name(&named(name).build()).expect("an issuer");
        builder.sign(&key, MessageDigest::sha256()).expect("a signature");
        Self { certificate: builder.build(), key }
    }

    /// One that was written to a folder.
    pub fn read(folder: &Path) -> Self {
        let bytes = |name: &str| std::fs::read(folder.join(name)).expect("a file of the authority");
        let certificate = X509::from_pem(&bytes("authority.pem")).expect("a certificate");
        Self { certificate, key: PKey::private_key_from_pem(&bytes("authority.key")).expect("a key") }
    }

    /// Writes `authority.pem`, and beside it the key.
    pub fn write(&self, folder: &Path) {
        let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).expect("a file is written");
        write("authority.pem", self.certificate.to_pem().expect("a certificate"));
        write("authority.key", self.key.private_key_to_pem_pkcs8().expect("a key"));
    }

    /// A server with a certificate of this authority.
    pub fn server(&self, name: &str, days: Days) -> SslAcceptor {
        let key = new_key();
        let mut builder = begun(name, days, &key);
        builder.set_issuer_name(self.certificate.subject_name()).expect("an issuer");
        builder.sign(&self.key, MessageDigest::sha256()).expect("a signature");
        shown(&builder.build(), &key)
    }
}

/// A server with a certificate that nobody else vouches for.
pub fn self_signed(name: &str) -> SslAcceptor {
    let key = new_key();
    let mut builder = begun(name, NOW, &key);
    builder.set_issuer_name(&named(name).build()).expect("an issuer");
    builder.sign(&key, MessageDigest::sha256()).expect("a signature");
    shown(&builder.build(), &key)
}

fn shown(certificate: &X509, key: &PKey<Private>) -> SslAcceptor {
    let mut server = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).expect("a server");
    server.set_certificate(certificate).expect("a certificate");
    server.set_private_key(key).expect("a key");
    server.build()
}

/// The key of the certificates that a test needs is made in no time.
fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a curve");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

fn named(name: &str) -> X509NameBuilder {
    let mut builder = X509NameBuilder::new().expect("a name");
    builder.append_entry_by_nid(Nid::COMMONNAME, name).expect("a name");
    builder
}

fn begun(name: &str, days: Days, key: &PKey<Private>) -> X509Builder {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs() as i64;
    let time = |days: i64| Asn1Time::from_unix(now + days * 24 * 60 * 60).expect("a time");
    let mut builder = X509Builder::new().expect("a certificate");
    builder.set_version(2).expect("a version");
    let number = BigNum::from_u32(std::process::id()).expect("a number").to_asn1_integer().expect("a number");
    builder.set_serial_number(&number).expect("a number");
    builder.set_subject_name(&named(name).build()).expect("a name");
    builder.set_not_before(&time(days.0)).expect("a time");
    builder.set_not_after(&time(days.1)).expect("a time");
    builder.set_pubkey(key).expect("a key");
    let mut names = SubjectAlternativeName::new();
    names.dns(name);
    let names = names.build(&builder.x509v3_context(None, None)).expect("names");
    builder.append_extension(names).expect("names");
    builder
}
