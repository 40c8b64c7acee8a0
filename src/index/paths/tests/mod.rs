//! Path segments against a plain model, and what becomes of damaged ones. Seeds are printed with what fails.

mod damage;
mod model;
mod reading;
