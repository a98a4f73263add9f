//! The cookies of the application: their names and attributes, for all of them in one place.
//!
//! A browser sends the cookies of a host to each of its ports. So their names end with the mark of the installation
//! ([`Site::mark`]), and two of them on one host do not sign each other out. Several servers on one database are one
//! installation: each of them knows the cookies of the others.
//!
//! Behind a public https address every cookie is `Secure`, and those with secrets have the prefix `__Host-`, so that only
//! this host can set and receive them. Below a path browsers promise less: `__Secure-` says that it came over https.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use strum::IntoStaticStr;

use super::paths;
use super::site::Site;

#[derive(Clone, Copy, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// The secret of a session.
    Session,
    /// The mark of a browser in which somebody signed in before.
    Browser,
    /// The secret behind the tokens of forms.
    Token,
    /// What the next page says.
    Flash,
    Settings,
    /// The zone that the browser is in.
    Zone,
}

impl Kind {
    fn name(self, site: &Site) -> String {
        let is_secret = matches!(self, Self::Session | Self::Browser | Self::Token);
        let prefix = match paths::base() {
            _ if !is_secret || !site.is_https() => "",
            "" => "__Host-",
            _ => "__Secure-",
        };
        [prefix, "queue-hooks-", self.into()].concat()
    }

    fn marked_name(self, site: &Site) -> String {
        let name = self.name(site);
        if site.mark.is_empty() { name } else { name + "-" + &site.mark }
    }
}

/// What the browser keeps for us. A cookie without a mark is from an earlier version: whoever has it stays signed in.
pub fn read(request: &HttpRequest, kind: Kind) -> Option<String> {
    let site = Site::of(request);
    let cookie = request.cookie(&kind.marked_name(site)).or_else(|| request.cookie(&kind.name(site)))?;
    Some(cookie.value().to_owned())
}

/// A cookie that the browser keeps for so long, or until it is closed.
pub fn keep(site: &Site, kind: Kind, value: impl Into<String>, age: Option<Duration>) -> Cookie<'static> {
    let mut cookie = Cookie::build(kind.marked_name(site), value.into())
        .path(paths::start())
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.is_https())
        .finish();
    cookie.set_max_age(age);
    cookie
}

/// A cookie whose value a script of ours writes: all of it but the value.
pub fn left_to_script(site: &Site, kind: Kind, age: Duration) -> String {
    let mut cookie = keep(site, kind, "", Some(age));
    cookie.set_http_only(false);
    cookie.to_string()
}

/// The cookie that makes the browser forget one.
pub fn forget(site: &Site, kind: Kind) -> Cookie<'static> {
    keep(site, kind, "", Some(Duration::ZERO))
}
