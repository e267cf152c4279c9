//! The tray icon: who answers, orders, open, quit.
//!
//! Everything is in the menu, because a left click reaches nobody on some desktops. The icon's shape says the
//! state as well as its colour does.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use contract::{
    rpc::UiEvent,
    view::{ChainView, Mode, Overview},
};
use futures::{Stream, StreamExt};
use tauri::{
    AppHandle, Wry,
    image::Image,
    menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder, SubmenuBuilder},
    tray::{TrayIcon, TrayIconBuilder},
};

mod offers;

use self::offers::{Offer, offers};
use crate::{shell, window};

/// How long the session bus may take to say whether icons are shown.
const BUS_TIMEOUT: Duration = Duration::from_secs(1);
/// A menu is no place for a long sentence. In characters.
const LINE: usize = 90;

/// What the icon says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The first tier answers, in every chain.
    Well,
    /// A later tier answers.
    Fallback,
    /// A chain has nobody left to answer.
    Exhausted,
    /// Nothing is routed: no endpoint, or no chain that is switched on.
    Off,
}

impl Face {
    /// The face for this state. Practice chains count only where there is no real one.
    fn of(overview: &Overview) -> Self {
        let real = overview.chains.iter().any(|chain| !chain.simulated);
        let counts = |chain: &&ChainView| chain.mode != Mode::Off && !(real && chain.simulated);
        let modes: Vec<Mode> = overview.chains.iter().filter(counts).map(|chain| chain.mode).collect();
        if !overview.endpoint.listening || modes.is_empty() {
            Self::Off
        } else if modes.contains(&Mode::Emergency) {
            Self::Exhausted
        } else if modes.contains(&Mode::Degraded) {
            Self::Fallback
        } else {
            Self::Well
        }
    }

    fn image(self) -> tauri::Result<Image<'static>> {
        Image::from_bytes(match self {
            Self::Well => include_bytes!("../../icons/tray/well.png"),
            Self::Fallback => include_bytes!("../../icons/tray/fallback.png"),
            Self::Exhausted => include_bytes!("../../icons/tray/exhausted.png"),
            Self::Off => include_bytes!("../../icons/tray/off.png"),
        })
    }
}

/// The state in one line of the menu.
fn line(overview: &Overview) -> String {
    let sentence = overview.endpoint.problem.as_ref().unwrap_or(&overview.sentence);
    if sentence.chars().count() <= LINE {
        return sentence.clone();
    }
    sentence.chars().take(LINE - 1).chain(['…']).collect()
}

/// The icon in the tray.
pub struct Tray {
    icon: TrayIcon,
    state: MenuItem<Wry>,
    app: AppHandle,
    shown: Mutex<Option<(Face, String)>>,
    offered: Mutex<Vec<Offer>>,
}

impl Tray {
    /// Makes the icon; nothing where the system has no library for it.
    ///
    /// # Errors
    ///
    /// The icon or its menu could not be made.
    pub fn new(app: &AppHandle) -> tauri::Result<Option<Self>> {
        if !library_present() {
            tracing::warn!(
                "no tray icon: the library libayatana-appindicator3 is missing; closing the window minimises it"
            );
            return Ok(None);
        }
        let state = MenuItemBuilder::with_id("state", "Starting").enabled(false).build(app)?;
        let icon = TrayIconBuilder::with_id("changeover")
            .icon(Face::Off.image()?)
            .tooltip("Changeover")
            .menu(&menu(app, &state, &[])?)
            .on_menu_event(|app, event| match event.id().as_ref() {
                "open" => window::open(app, None),
                "quit" => shell::quit(app),
                place if place.starts_with('/') => window::open(app, Some(place)),
                _ => {}
            })
            .build(app)?;
        let app = app.clone();
        Ok(Some(Self { icon, state, app, shown: Mutex::default(), offered: Mutex::default() }))
    }

    /// Puts a line into the menu.
    pub fn say(&self, line: &str) {
        if let Err(error) = self.state.set_text(line) {
            tracing::warn!(%error, "the tray's menu could not be changed");
        }
    }

    /// Offers the orders that can be given now.
    fn offer(&self, overview: &Overview) {
        let new = offers(overview);
        let mut offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        if *offered == new {
            return;
        }
        let changed = menu(&self.app, &self.state, &new).and_then(|menu| self.icon.set_menu(Some(menu)));
        if let Err(error) = changed {
            tracing::warn!(%error, "the tray's menu could not be changed");
        }
        *offered = new;
    }

    /// Shows this state.
    fn show(&self, overview: &Overview) {
        self.offer(overview);
        let new = (Face::of(overview), line(overview));
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == Some(&new) {
            return;
        }
        if shown.as_ref().is_none_or(|old| old.0 != new.0) {
            let drawn = new.0.image().and_then(|image| self.icon.set_icon(Some(image)));
            if let Err(error) = drawn {
                tracing::warn!(%error, "the tray's icon could not be changed");
            }
        }
        self.say(&new.1);
        *shown = Some(new);
    }

    /// Follows the engine until it ends.
    pub async fn follow(&self, events: impl Stream<Item = UiEvent>) {
        let mut events = std::pin::pin!(events);
        while let Some(event) = events.next().await {
            if let UiEvent::Live { overview } = event {
                self.show(&overview);
            }
        }
    }
}

fn menu(app: &AppHandle, state: &MenuItem<Wry>, offers: &[Offer]) -> tauri::Result<Menu<Wry>> {
    let mut menu = MenuBuilder::new(app).item(state).separator();
    for Offer { chain, orders } in offers {
        let mut entries = SubmenuBuilder::new(app, chain);
        for (label, place) in orders {
            entries = entries.text(place, label);
        }
        menu = menu.item(&entries.build()?);
    }
    menu.text("open", "Open Changeover").separator().text("quit", "Quit (routing stops)").build()
}

/// Whether the system's tray library can be loaded. Making an icon without it would end the program.
fn library_present() -> bool {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let loaded = panic::catch_unwind(AssertUnwindSafe(|| {
        std::hint::black_box(&*libappindicator_sys::LIB);
    }));
    panic::set_hook(hook);
    loaded.is_ok()
}

/// Whether anything on this desktop shows tray icons at this moment.
pub async fn host_present() -> bool {
    match tokio::time::timeout(BUS_TIMEOUT, ask_for_host()).await {
        Ok(Ok(present)) => present,
        Ok(Err(error)) => {
            tracing::info!(%error, "nothing on this desktop shows tray icons");
            false
        }
        Err(_) => {
            tracing::warn!("the session bus does not answer; taken as a desktop without a tray");
            false
        }
    }
}

async fn ask_for_host() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let watcher = "org.kde.StatusNotifierWatcher";
    let properties = zbus::fdo::PropertiesProxy::builder(&bus)
        .destination(watcher)?
        .path("/StatusNotifierWatcher")?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await?;
    let present = properties.get(watcher.try_into()?, "IsStatusNotifierHostRegistered").await?;
    Ok(present.try_into()?)
}

#[cfg(test)]
pub mod tests {
    use contract::view::EndpointState;

    use super::*;

    pub fn overview(chains: &[(Mode, bool)]) -> Overview {
        let chains = chains.iter().map(|&(mode, simulated)| ChainView {
            name: "chat".into(),
            aliases: Vec::new(),
            simulated,
            mode,
            score: 1.0,
            serving: None,
            since_ms: 0,
            armed: true,
            not_armed: None,
            manual_failback: false,
            pin: None,
            tiers: Vec::new(),
            incident: None,
        });
        Overview {
            at_ms: 0,
            sentence: "Answering from tier 1".into(),
            chain: None,
            endpoint: EndpointState {
                listening: true,
                base_url: String::new(),
                problem: None,
                needs_key: false,
            },
            problems: vec![],
            revision: 1,
            chains: chains.collect(),
            open_incidents: 0,
            recent: Vec::new(),
            week: Vec::new(),
            faults_injected: Vec::new(),
        }
    }

    #[test]
    fn the_worst_chain_gives_the_face() {
        let face = |chains: &[(Mode, bool)]| Face::of(&overview(chains));
        assert_eq!(face(&[(Mode::Full, false)]), Face::Well);
        assert_eq!(face(&[(Mode::Full, false), (Mode::Degraded, false)]), Face::Fallback);
        assert_eq!(face(&[(Mode::Emergency, false), (Mode::Degraded, false)]), Face::Exhausted);
    }

    #[test]
    fn practice_counts_only_without_a_real_chain() {
        let face = |chains: &[(Mode, bool)]| Face::of(&overview(chains));
        assert_eq!(face(&[(Mode::Full, false), (Mode::Emergency, true)]), Face::Well);
        assert_eq!(face(&[(Mode::Degraded, true)]), Face::Fallback);
    }

    #[test]
    fn without_an_endpoint_or_a_chain_nothing_is_armed() {
        assert_eq!(Face::of(&overview(&[])), Face::Off);
        assert_eq!(Face::of(&overview(&[(Mode::Off, false)])), Face::Off);
        let mut shut = overview(&[(Mode::Full, false)]);
        shut.endpoint.listening = false;
        assert_eq!(Face::of(&shut), Face::Off);
    }

    #[test]
    fn a_long_sentence_is_cut_and_a_problem_comes_first() {
        let mut state = overview(&[]);
        assert_eq!(line(&state), "Answering from tier 1");
        state.sentence = "ä".repeat(200);
        assert_eq!(line(&state).chars().count(), LINE);
        state.endpoint.problem = Some("Port 4747 is taken".into());
        assert_eq!(line(&state), "Port 4747 is taken");
    }

    #[test]
    fn every_face_can_be_drawn() {
        for face in [Face::Well, Face::Fallback, Face::Exhausted, Face::Off] {
            let image = face.image().unwrap();
            assert_eq!((image.width(), image.height()), (44, 44));
        }
    }
}
