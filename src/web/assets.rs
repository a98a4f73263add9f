//! The files under `static/`, embedded in the binary. Each is served under a name with a hash of its content, so a
//! browser may keep it forever and a changed file gets a new address. Our own style and script are written in many
//! files and sent as one each: a visit asks for few files, and one file compresses better. Each is compressed once, as
//! well as zstd can, which would take too long for a page.

use std::sync::{LazyLock, OnceLock};

use actix_web::http::header::{AcceptEncoding, CACHE_CONTROL, CONTENT_TYPE, ContentEncoding, Encoding, Header, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

use super::failure::Answer;
use super::paths;
use crate::error::{Error, Thing};
use crate::secret::Hex;

#[derive(Embed)]
#[folder = "static/"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
struct Files;

/// Files that are sent together as one, in this order.
const PARTS: [(&str, &[&str]); 2] = [
    (
        "app.css",
        &[
            "style/base.css",
            "style/controls.css",
            "style/frame.css",
            "style/messages.css",
            "style/filters.css",
            "style/registry.css",
            "style/coverage.css",
            "style/facts.css",
            "style/forms.css",
            "style/code.css",
            "style/modal.css",
            "style/narrow.css",
            "style/print.css",
        ],
    ),
    (
        "app.js",
        &[
            "script/dom.js",
            "script/rows.js",
            "script/menus.js",
            "script/keys.js",
            "script/filters.js",
            "script/dirty.js",
            "script/modal.js",
            "script/copy.js",
            "script/code.js",
            "script/combobox.js",
            "script/times.js",
            "script/tries.js",
            "script/faults.js",
            "script/requests.js",
            "script/places.js",
            "script/swap.js",
        ],
    ),
];

struct Asset {
    name: String,
    /// The name with the hash in it, and the address.
    served_as: String,
    url: String,
    content_type: &'static str,
    body: web::Bytes,
    /// The same in zstd, once a browser has asked for it.
    zstd: OnceLock<web::Bytes>,
}

/// The best that zstd does without asking the browser for more memory.
const LEVEL: i32 = 19;

/// Icons that the style sheet draws, each as a file of its own. Templates draw the others, as symbols of `icons.svg`.
const DRAWN_BY_STYLE: [&str; 2] = ["edit", "remove"];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let mut assets: Vec<_> =
        Files::iter().filter(|name| !name.contains('/')).map(|name| Asset::new(&name, file(&name))).collect();
    let icons: Vec<_> = DRAWN_BY_STYLE.iter().map(|name| Asset::new(&format!("{name}.svg"), icon(name))).collect();
    for (name, parts) in PARTS {
        let mut text: String = parts.iter().map(|part| without_comments(&text(part))).collect();
        for icon in &icons {
            // Beside the style sheet.
            text = text.replace(&format!("url(\"{}\")", icon.name), &format!("url(\"{}\")", icon.served_as));
        }
        assets.push(Asset::new(name, text.into_bytes()));
    }
    assets.extend(icons);
    assets
});

/// One symbol of `icons.svg` as an image.
fn icon(name: &str) -> Vec<u8> {
    let icons = text("icons.svg");
    let symbol = icons.split("<symbol ").find_map(|symbol| symbol.strip_prefix(&format!("id=\"{name}\" ")));
    let drawing = symbol.and_then(|symbol| symbol.split("</symbol>").next());
    let drawing = drawing.unwrap_or_else(|| panic!("no icon {name}"));
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {drawing}</svg>").into_bytes()
}

impl Asset {
    fn new(name: &str, body: Vec<u8>) -> Self {
        let hash = Hex(&Sha256::digest(&body)[..6]).to_string();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let content_type = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let served_as = format!("{stem}.{hash}.{extension}");
        Self {
            name: name.into(),
            url: paths::file(&served_as),
            served_as,
            content_type,
            body: body.into(),
            zstd: OnceLock::new(),
        }
    }

    fn zstd(&self) -> &web::Bytes {
        self.zstd.get_or_init(|| zstd::bulk::compress(&self.body, LEVEL).expect("memory for a small file").into())
    }
}

/// The address of a file, for templates. Every template is rendered by a test, which fails on a name that does not
/// exist.
pub fn url(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    &asset.unwrap_or_else(|| panic!("no file static/{name}")).url
}

pub async fn show(request: HttpRequest, file: web::Path<String>) -> Answer {
    let asset = ASSETS.iter().find(|asset| asset.url == paths::file(&file));
    let asset = asset.ok_or(Error::NotFound(Thing::Page))?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((VARY, "accept-encoding"));
    if takes_zstd(&request) {
        answer.insert_header(ContentEncoding::Zstd);
        return Ok(answer.body(asset.zstd().clone()));
    }
    Ok(answer.body(asset.body.clone()))
}

/// Whoever does not is served by the layer that compresses pages.
fn takes_zstd(request: &HttpRequest) -> bool {
    let known = [Encoding::zstd(), Encoding::identity()];
    AcceptEncoding::parse(request).is_ok_and(|accepted| accepted.negotiate(known.iter()) == Some(Encoding::zstd()))
}

fn file(name: &str) -> Vec<u8> {
    Files::get(name).unwrap_or_else(|| panic!("no file static/{name}")).data.into_owned()
}

fn text(name: &str) -> String {
    String::from_utf8_lossy(&file(name)).into_owned()
}

/// Leaves out indentation, and comments on lines of their own: browsers need neither. So text between backticks must
/// not span lines.
fn without_comments(text: &str) -> String {
    let mut is_comment = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        is_comment |= line.starts_with("/*");
        if !is_comment && !line.starts_with("//") && !line.is_empty() {
            kept.push_str(line);
            kept.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    kept
}
