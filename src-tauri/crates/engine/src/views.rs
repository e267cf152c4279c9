//! From the program's own words to what the screens show.

mod figures;
mod gpus;
mod live;
mod orders;
mod records;
mod reports;
mod requests;
mod sentence;

pub(crate) use figures::{data_parts, period};
pub(crate) use gpus::{gpu_minute, gpu_name, gpu_page, gpu_series};
pub(crate) use live::{LiveParts, live};
pub(crate) use orders::{order_of, orders_page, pin_of};
pub(crate) use records::{
    IncidentParts, alert, alert_test, change_over, changed_over, incident, incident_detail, stamped,
};
pub(crate) use reports::{cost, report, week};
pub(crate) use requests::requests;
pub(crate) use sentence::{sentence, subject};
