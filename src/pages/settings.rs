//! The form for a person's settings.

use actix_web::{HttpRequest, HttpResponse};

use crate::error::Error;
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::Form;
use crate::web::paths;
use crate::web::settings::Settings;
use crate::web::site::Site;

/// Saves the settings and goes back to the page that they were changed on.
pub async fn update(request: HttpRequest, Form(params): Form) -> Answer {
    let back = params.get("back").filter(|path| paths::is_of_here(path)).map_or_else(paths::start, str::to_owned);
    let mut response: HttpResponse = see_other(&back, &Flash::say("The settings are kept"));
    let cookie = Settings::read(&params).cookie(Site::of(&request));
    response.add_cookie(&cookie).map_err(|cause| Error::Internal(cause.to_string()))?;
    Ok(response)
}
