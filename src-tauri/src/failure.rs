//! Saying why the program could not start, to people with and without a terminal.

use std::io::{self, IsTerminal, Write};

use gtk::prelude::*;

/// Says it on standard error, and in a box of its own where nobody would read that.
pub fn tell(message: &str, display: bool) {
    drop(writeln!(io::stderr(), "changeover: {message}"));
    if !display || io::stderr().is_terminal() {
        return;
    }
    let dialog = gtk::MessageDialog::new(
        None::<&gtk::Window>,
        gtk::DialogFlags::MODAL,
        gtk::MessageType::Error,
        gtk::ButtonsType::Close,
        "Changeover could not start",
    );
    dialog.set_title("Changeover");
    dialog.set_secondary_text(Some(message));
    dialog.run();
}
