//! The URL of a PostgreSQL server in the parts that libpq sees in it, so that nothing repeats its name and password.

use std::borrow::Cow;
use std::{env, fmt};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A URL that libpq and we understand in the same way.
#[derive(Clone)]
pub struct PostgresUrl {
    scheme: String,
    /// Name and password, as they are written.
    user_info: Option<String>,
    /// Hosts, ports and the name of the database.
    place: String,
    params: Option<String>,
}

const UNREADABLE: &str = "the database URL cannot be read; write % : / ? # [ ] and @ in a name or password as \
                          %25 %3A %2F %3F %23 %5B %5D and %40";

impl PostgresUrl {
    /// As libpq does it, the name and the password are what stands before the first `@`, unless a `/` comes first. A second
    /// `@`, or a port that is no number, means that they were written in another way, and then any part may be theirs.
    pub fn read(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or(UNREADABLE)?;
        let (user_info, rest) = match rest.find(['@', '/']) {
            Some(end) if rest[end..].starts_with('@') => (Some(&rest[..end]), &rest[end + 1..]),
            _ => (None, rest),
        };
        let (place, params) = rest.split_once('?').map_or((rest, None), |(place, params)| (place, Some(params)));
        let hosts = place.split('/').next().unwrap_or_default();
        let has_odd_port = |host: &str| {
            let port = host.rsplit(']').next().and_then(|rest| rest.split_once(':'));
            port.is_some_and(|(_, port)| !port.bytes().all(|b| b.is_ascii_digit()))
        };
        if rest.contains('@') || (user_info.is_none() && hosts.split(',').any(has_odd_port)) {
            return Err(UNREADABLE.into());
        }
        Ok(Self {
            scheme: scheme.into(),
            user_info: user_info.map(str::to_owned),
            place: place.into(),
            params: params.map(str::to_owned),
        })
    }

    /// The URL with limits of time, which libpq does not have by itself; limits in the URL win.
    pub fn with_limits(&self) -> String {
        const LIMITS: &str =
            "connect_timeout=5&keepalives_idle=5&keepalives_interval=2&keepalives_count=3&tcp_user_timeout=10000";
        let user_info = self.user_info.as_ref().map(|info| format!("{info}@")).unwrap_or_default();
        let params = self.params.as_ref().map(|params| format!("&{params}")).unwrap_or_default();
        format!("{}://{user_info}{}?{LIMITS}{params}", self.scheme, self.place)
    }

    /// A setting that a connection has if the server made its session for it.
    pub const OWN_SESSION: &str = "queue_hooks.own_session";

    /// The same, with that setting. What libpq would read elsewhere stays: `PGOPTIONS`, and the options of a service.
    pub fn with_own_session(&self) -> String {
        let params = || self.params.iter().flat_map(|params| params.split('&'));
        let is_service = params().any(|param| param.starts_with("service=")) || env::var_os("PGSERVICE").is_some();
        let written = params().rev().find_map(|param| param.strip_prefix("options=")).map(str::to_owned);
        let inherited =
            || env::var("PGOPTIONS").ok().map(|options| utf8_percent_encode(&options, NON_ALPHANUMERIC).to_string());
        // libpq takes the last of several.
        let options = written.or_else(inherited).unwrap_or_default();
        let url = self.with_limits();
        if is_service { url } else { format!("{url}&options={options}%20-c%20{}%3Don", Self::OWN_SESSION) }
    }

    /// What the database says, without the name and the password, which it puts in quotation marks.
    pub fn clean(&self, said: &str) -> String {
        // What libpq says about a URL that it cannot read repeats the URL, or the password.
        if said.contains("in URI") || said.contains("URI query") || said.contains("percent-encoded") {
            return UNREADABLE.replace("the database URL", "the URL");
        }
        let secrets = self.secrets();
        secrets.iter().fold(said.to_owned(), |said, secret| said.replace(&format!("\"{secret}\""), "…"))
    }

    /// Names and passwords, as they are written and as they are meant.
    fn secrets(&self) -> Vec<Cow<'_, str>> {
        let of_info = self.user_info.iter().flat_map(|info| info.splitn(2, ':'));
        let params = self.params.iter().flat_map(|params| params.split('&'));
        let of_params = params.filter_map(|param| {
            let (name, value) = param.split_once('=')?;
            matches!(name, "user" | "password").then_some(value)
        });
        let written = of_info.chain(of_params).filter(|secret| !secret.is_empty());
        written.flat_map(|secret| [secret.into(), percent_decode_str(secret).decode_utf8_lossy()]).collect()
    }
}

/// What may be printed and logged.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.place)
    }
}
