//! The one window: opening it, closing it to the tray, and noticing when it stays blank.
//!
//! Closing destroys the page: WebKit's processes grow for as long as they live, the router does not need them.

use std::time::Duration;

use tauri::{
    AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::NewWindowResponse,
};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

use crate::{shell::Shell, tray};

const LABEL: &str = "main";
/// A page that has drawn nothing after this long is taken to be blank.
const FIRST_PAINT: Duration = Duration::from_secs(10);

/// Shows the window, at this place (`/incidents/42`) or where it was.
pub fn open(app: &AppHandle, place: Option<&str>) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => raise(&window, place),
        None => create(app, place),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be opened");
    }
}

/// Takes the window away; routing goes on.
pub fn destroy(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.destroy()
    {
        tracing::error!(%error, "the window could not be closed");
    }
}

fn raise(window: &WebviewWindow, place: Option<&str>) -> tauri::Result<()> {
    if let Some(place) = place {
        let mut address = window.url()?;
        address.set_fragment(Some(place));
        window.navigate(address)?;
    }
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn create(app: &AppHandle, place: Option<&str>) -> tauri::Result<()> {
    let page = format!("index.html{}", place.map(|place| format!("#{place}")).unwrap_or_default());
    let shell = app.state::<Shell>();
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App(page.into()))
        .title("Changeover")
        .inner_size(1280.0, 800.0)
        .min_inner_size(1024.0, 700.0)
        .data_directory(shell.data.join("window"))
        .initialization_script(include_str!("first_paint.js"))
        .on_navigation(is_ours)
        .on_new_window(|address, _| {
            tracing::warn!(%address, "the page asked for a second window and was refused");
            NewWindowResponse::Deny
        })
        .build()?;
    let handle = app.clone();
    window.on_window_event(move |event| on_event(&handle, event));
    shell.spawn(watch_first_paint(app.clone()));
    Ok(())
}

/// The program's own pages; nothing else is ever loaded into the window.
fn is_ours(address: &Url) -> bool {
    address.scheme() == "tauri"
}

fn on_event(app: &AppHandle, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            app.state::<Shell>().spawn(leave(app.clone()));
        }
        WindowEvent::Destroyed => drop(app.state::<Shell>().next_feed()),
        _ => {}
    }
}

/// Closes to the tray. Where no tray would bring the window back, it is minimised.
async fn leave(app: AppHandle) {
    if app.state::<Shell>().tray.is_some() && tray::host_present().await {
        tracing::info!("the window was closed to the tray; routing goes on");
        destroy(&app);
    } else if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.minimize()
    {
        tracing::error!(%error, "the window could not be minimised");
    }
}

/// Turns accelerated drawing off once when the page stays blank, and says so when that did not help.
async fn watch_first_paint(app: AppHandle) {
    let mut painted = app.state::<Shell>().painted.subscribe();
    for accelerated in [true, false] {
        if tokio::time::timeout(FIRST_PAINT, painted.changed()).await.is_ok() {
            return;
        }
        let Some(window) = app.get_webview_window(LABEL) else { return };
        // A window out of sight draws no frames, and need not.
        if !window.is_visible().unwrap_or(true) || window.is_minimized().unwrap_or(false) {
            return;
        }
        if !accelerated {
            tracing::error!(
                "the window still shows nothing; open the screens in a browser instead: changeoverd serve prints \
                 their address"
            );
        } else if let Err(error) = draw_plainly(&window) {
            tracing::error!(%error, "the page could not be loaded again");
        }
    }
}

fn draw_plainly(window: &WebviewWindow) -> tauri::Result<()> {
    tracing::warn!("the window shows nothing after 10 s; loading it again without accelerated drawing");
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })?;
    window.reload()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_programs_own_pages_are_loaded() {
        assert!(is_ours(&Url::parse("tauri://localhost/index.html#/chains").unwrap()));
        assert!(!is_ours(&Url::parse("https://example.com/").unwrap()));
        assert!(!is_ours(&Url::parse("file:///etc/passwd").unwrap()));
    }
}
