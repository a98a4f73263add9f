//! The form for a person's settings.

use actix_web::HttpResponse;

use crate::error::Error;
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::Form;
use crate::web::paths;
use crate::web::settings::Settings;

/// Saves the settings and goes back to the page that they were changed on.
pub async fn update(Form(params): Form) -> Answer {
    let back = params.get("back").filter(|path| paths::is_of_here(path)).unwrap_or(paths::START);
    let mut response: HttpResponse = see_other(back, &Flash::say("The settings are kept"));
    response.add_cookie(&Settings::read(&params).cookie()).map_err(|cause| Error::Internal(cause.to_string()))?;
    Ok(response)
}
