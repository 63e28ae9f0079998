//! Would catch figures of the process that are missing, or that are another field's.

use super::*;

#[test]
fn fields_are_counted_behind_the_name_whatever_it_holds() {
    let stat = "7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 9 0 4200 0 0";
    assert_eq!(cpu_seconds(stat), Some(3.0));
    assert_eq!(started_at(stat, "cpu 1 2\nbtime 1000\n"), Some(1042.0));
    assert_eq!((cpu_seconds(""), started_at(stat, "")), (None, None));
}

#[test]
fn this_process_has_every_figure() {
    let figures = figures();
    assert_eq!(figures.len(), 5);
    assert!(
        figures.iter().all(|(meter, value)| *value > 0.0 || *meter == meters::CPU_SECONDS),
        "{figures:?}"
    );
    assert!(text().contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total "));
}
