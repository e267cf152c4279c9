//! `year-of-history FOLDER [--per-minute | --long]` writes a data folder with a year behind it: about 350
//! incidents, or with `--long` 100,000 incidents and 1,000,000 change-overs.

use year::Size;

#[tokio::main]
async fn main() {
    let usage = "usage: year-of-history FOLDER [--per-minute | --long]";
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (folder, size) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [folder] => (folder, Size::Hourly),
        [folder, "--per-minute"] => (folder, Size::PerMinute),
        [folder, "--long"] => (folder, Size::Long(100_000)),
        _ => {
            eprintln!("{usage}");
            std::process::exit(2);
        }
    };
    year::write(folder.as_ref(), size).await;
}
