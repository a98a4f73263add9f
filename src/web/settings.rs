//! How a person wants the pages: light or dark, and whether single letters are shortcuts. Kept in a cookie, because it
//! belongs to the browser that they use.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, time::Duration};
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::cookies::{self, Kind};
use super::paging::Query;
use super::params::Params;
use super::site::Site;
use crate::word::Word;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub theme: Theme,
    /// Single letters are shortcuts.
    pub letters: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Theme {
    #[default]
    #[strum(message = "As the system")]
    System,
    #[strum(message = "Light")]
    Light,
    #[strum(message = "Dark")]
    Dark,
}

impl Word for Theme {}

impl Settings {
    pub fn of(request: &HttpRequest) -> Self {
        Self::read(&Params::parse(cookies::read(request, Kind::Settings).unwrap_or_default().as_bytes()))
    }

    /// What cannot be read becomes the default.
    pub fn read(params: &Params) -> Self {
        let theme = params.get("theme").and_then(Theme::from_word);
        Self { theme: theme.unwrap_or_default(), letters: params.get("letters") != Some("off") }
    }

    pub fn cookie(self, site: &Site) -> Cookie<'static> {
        let mut value = Query::new(String::new());
        value.append_pair("theme", self.theme.word()).append_pair("letters", if self.letters { "on" } else { "off" });
        cookies::keep(site, Kind::Settings, value.finish(), Some(Duration::days(365)))
    }
}
