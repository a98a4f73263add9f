//! How a person wants the pages: light or dark, and whether single letters are shortcuts. Kept in a cookie,
//! because it belongs to the browser in front of the person.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpRequest, HttpResponse};

use crate::error::Error;
use crate::flash::{Flash, see_other};
use crate::form::Form;
use crate::paging::Query;
use crate::params::Params;
use crate::sessions::session::is_of_here;

const COOKIE: &str = "queue-hooks-settings";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub theme: Theme,
    /// Single letters are shortcuts.
    pub letters: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

impl Settings {
    pub fn of(request: &HttpRequest) -> Self {
        let cookie = request.cookie(COOKIE);
        Self::read(&Params::parse(cookie.as_ref().map_or("", |cookie| cookie.value()).as_bytes()))
    }

    /// What cannot be understood is the default.
    fn read(params: &Params) -> Self {
        let theme = params.get("theme").and_then(|word| Theme::ALL.into_iter().find(|theme| theme.word() == word));
        Self { theme: theme.unwrap_or_default(), letters: params.get("letters") != Some("off") }
    }

    fn cookie(self) -> Cookie<'static> {
        let mut value = Query::new(String::new());
        value.append_pair("theme", self.theme.word()).append_pair("letters", if self.letters { "on" } else { "off" });
        Cookie::build(COOKIE, value.finish())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(Duration::days(365))
            .finish()
    }
}

/// Keeps the settings and goes back to the page that they were changed on.
pub async fn update(Form(params): Form) -> Result<HttpResponse, Error> {
    let back = params.get("back").filter(|path| is_of_here(path)).unwrap_or("/");
    let mut response = see_other(back, &Flash::say("The settings are kept"));
    response.add_cookie(&Settings::read(&params).cookie()).map_err(|cause| Error::Internal(cause.to_string()))?;
    Ok(response)
}
