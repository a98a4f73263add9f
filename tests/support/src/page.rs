//! What a browser shows. A test finds things by selector or by accessible name, and uses them like a person without
//! JavaScript. If something is not found, the body is printed.

use scraper::{ElementRef, Html, Selector};
use ureq::http::HeaderMap;

use super::Browser;

pub struct Page<'a> {
    browser: &'a Browser,
    /// Path and query that the page came from.
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    dom: Html,
}

/// What a person changes in a form before sending it.
#[derive(Clone)]
pub enum Fill<'a> {
    /// Types into, or chooses in, the field of that name.
    Field(&'a str, &'a str),
    /// Ticks the checkbox with that name and value.
    Tick(&'a str, &'a str),
}

impl<'a> Page<'a> {
    pub fn new(browser: &'a Browser, path: &str, status: u16, headers: HeaderMap, body: String) -> Self {
        let dom = Html::parse_document(&body);
        Self { browser, path: path.into(), status, headers, body, dom }
    }

    /// The page, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.body);
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of ASCII"))
    }

    /// The elements that match, except those that only a script would show: templates and closed dialogs.
    pub fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        let is_away = |element: ElementRef| match element.value().name() {
            "template" => true,
            "dialog" => element.attr("open").is_none(),
            _ => false,
        };
        let is_here =
            |element: &ElementRef| !is_away(*element) && !element.ancestors().filter_map(ElementRef::wrap).any(is_away);
        self.dom.select(&Selector::parse(selector).expect("a valid selector")).filter(is_here).collect()
    }

    /// The only element that matches.
    #[track_caller]
    pub fn one(&self, selector: &str) -> ElementRef<'_> {
        match self.all(selector)[..] {
            [element] => element,
            ref found => panic!("{} of {selector} instead of one in {}: {}", found.len(), self.path, self.body),
        }
    }

    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// The text of the only element that matches, with single spaces.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        text(self.one(selector))
    }

    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).into_iter().map(text).collect()
    }

    #[track_caller]
    pub fn attr(&self, selector: &str, name: &str) -> String {
        let element = self.one(selector);
        element.attr(name).unwrap_or_else(|| panic!("{selector} has no {name} in {}", self.body)).into()
    }

    /// The elements that match and have this accessible name: a label, or else their text.
    pub fn named(&self, selector: &str, name: &str) -> Vec<ElementRef<'_>> {
        let shown =
            |element: &ElementRef| element.attr("aria-hidden") != Some("true") && element.attr("hidden").is_none();
        self.all(selector).into_iter().filter(shown).filter(|element| self.name(*element) == name).collect()
    }

    /// The only link or button of this name.
    #[track_caller]
    pub fn control(&self, name: &str) -> ElementRef<'_> {
        match self.named("a, button, [role=link]", name)[..] {
            [element] => element,
            ref found => {
                panic!("{} controls named {name:?} instead of one in {}: {}", found.len(), self.path, self.body)
            }
        }
    }

    /// What the page says about the change that was just made.
    #[track_caller]
    pub fn said(&self) -> String {
        self.text("[role=status] .message p")
    }

    /// The change that the message offers to undo.
    pub fn undo_change(&self) -> String {
        self.attr("#status button[name=change]", "value")
    }

    /// What the page says about parts of the address that it could not use.
    pub fn notices(&self) -> Vec<String> {
        self.texts("[role=note] li")
    }

    /// The ids of the hooks in the registry, from its first row to its last.
    pub fn hook_ids(&self) -> Vec<i64> {
        let id = |row: ElementRef<'_>| row.attr("data-row")?.parse().ok();
        self.all("tbody tr").into_iter().map(|row| id(row).expect("a row has the id of its hook")).collect()
    }

    /// What is chosen in a drop-down list.
    #[track_caller]
    pub fn chosen(&self, list: &str) -> String {
        self.value(list)
    }

    /// What a field would send at the moment.
    #[track_caller]
    pub fn value(&self, field: &str) -> String {
        value_of(self.one(field)).unwrap_or_default()
    }

    pub fn has_control(&self, name: &str) -> bool {
        !self.named("a, button", name).is_empty()
    }

    fn name(&self, element: ElementRef<'_>) -> String {
        if let Some(label) = element.attr("aria-label") {
            return label.into();
        }
        let labelled = element.attr("id").map(|id| self.texts(&format!("label[for={id:?}]")));
        labelled.and_then(|labels| labels.into_iter().next()).unwrap_or_else(|| text(element))
    }

    /// Clicks the link of this name.
    #[track_caller]
    pub fn click(&self, name: &str) -> Page<'a> {
        let link = self.control(name);
        let href = link.attr("href").unwrap_or_else(|| panic!("{name} is not a link in {}", self.body));
        self.browser.get(href)
    }

    /// Presses the button of this name and follows where the answer leads.
    #[track_caller]
    pub fn press(&self, name: &str, fill: &[Fill]) -> Page<'a> {
        self.browser.follow(self.send(name, fill))
    }

    /// Ticks the checkboxes of these hooks in the registry and presses the button of this name.
    #[track_caller]
    pub fn press_for(&self, name: &str, hooks: &[i64]) -> Page<'a> {
        let ids: Vec<_> = hooks.iter().map(i64::to_string).collect();
        let ticks: Vec<_> = ids.iter().map(|id| Fill::Tick("selected", id)).collect();
        self.press(name, &ticks)
    }

    /// Presses the button of this name: sends its form as a browser would, without following the answer.
    #[track_caller]
    pub fn send(&self, name: &str, fill: &[Fill]) -> Page<'a> {
        self.send_with(name, fill, None)
    }

    /// Chooses a file, by its name and its bytes, and presses the button of this name, without following the answer.
    #[track_caller]
    pub fn send_with_file(&self, name: &str, fill: &[Fill], chosen: (&str, &[u8])) -> Page<'a> {
        self.send_with(name, fill, Some(chosen))
    }

    #[track_caller]
    fn send_with(&self, name: &str, fill: &[Fill], chosen: Option<(&str, &[u8])>) -> Page<'a> {
        let button = self.control(name);
        let form = self.form_of(button).unwrap_or_else(|| panic!("{name} belongs to no form in {}", self.body));
        let mut fields = self.fields(form, fill);
        if let Some(name) = button.attr("name") {
            fields.push((name.into(), button.attr("value").unwrap_or_default().into()));
        }
        let chooses_file = |field: &ElementRef| field.attr("type") == Some("file");
        let sends_file =
            self.all("input").into_iter().filter(chooses_file).any(|field| self.form_of(field) == Some(form));
        if sends_file {
            fields.retain(|(field, _)| field != "file");
        }
        let attr = |of_button, of_form| button.attr(of_button).or_else(|| form.attr(of_form));
        let action = attr("formaction", "action").unwrap_or(&self.path);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if form.attr("enctype") == Some("multipart/form-data") {
            // A file without a name is what a browser sends when none was chosen.
            let part = sends_file.then(|| chosen.unwrap_or(("", b"")));
            return self.browser.post_parts(action, &fields, part);
        }
        assert!(!sends_file, "the form does not send its file: {}", self.body);
        if attr("formmethod", "method") == Some("post") {
            self.browser.post_raw(action, &fields)
        } else {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let path = action.split('?').next().unwrap_or_default();
            self.browser.request("GET", &format!("{path}?{query}"), &[], b"")
        }
    }

    fn form_of(&self, control: ElementRef<'_>) -> Option<ElementRef<'_>> {
        if let Some(id) = control.attr("form") {
            return self.all(&format!("form[id={id:?}]")).into_iter().next();
        }
        let form = control.ancestors().filter_map(ElementRef::wrap).find(|e| e.value().name() == "form")?;
        self.all("form").into_iter().find(|f| f.id() == form.id())
    }

    /// What the form sends, without the button.
    #[track_caller]
    fn fields(&self, form: ElementRef<'_>, fill: &[Fill]) -> Vec<(String, String)> {
        let mut used = vec![false; fill.len()];
        let mut fields = Vec::new();
        for control in self.all("input, select, textarea") {
            let Some(name) = control.attr("name") else { continue };
            if self.form_of(control).is_none_or(|owner| owner.id() != form.id()) || control.attr("disabled").is_some() {
                continue;
            }
            let is_choice = matches!(control.attr("type"), Some("checkbox" | "radio"));
            let mut value = value_of(control);
            let elsewhere = |fill: &Fill| matches!(fill, Fill::Tick(field, of) if *field == name && control.attr("value") != Some(*of));
            if control.attr("type") == Some("radio") && fill.iter().any(elsewhere) {
                value = None;
            }
            for (fill, used) in fill.iter().zip(&mut used) {
                match fill {
                    Fill::Field(field, typed) if *field == name && !is_choice => {
                        value = Some((*typed).into());
                        *used = true;
                    }
                    Fill::Tick(field, of) if *field == name && is_choice && control.attr("value") == Some(*of) => {
                        value = Some((*of).into());
                        *used = true;
                    }
                    _ => (),
                }
            }
            fields.extend(value.map(|value| (name.to_owned(), value)));
        }
        assert!(used.iter().all(|used| *used), "the form lacks a field that the test fills in: {}", self.body);
        fields
    }
}

/// What a control sends at the moment.
fn value_of(control: ElementRef<'_>) -> Option<String> {
    if control.value().name() == "select" {
        let options = Selector::parse("option").expect("a valid selector");
        let options: Vec<_> = control.select(&options).collect();
        let chosen = options.iter().find(|option| option.attr("selected").is_some()).or(options.first())?;
        return Some(chosen.attr("value").map_or_else(|| text(*chosen), str::to_owned));
    }
    match control.attr("type") {
        Some("checkbox" | "radio") if control.attr("checked").is_none() => None,
        Some("checkbox" | "radio") => Some(control.attr("value").unwrap_or("on").into()),
        _ if control.value().name() == "textarea" => Some(control.text().collect()),
        _ => Some(control.attr("value").unwrap_or_default().into()),
    }
}

fn text(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
