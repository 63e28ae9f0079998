//! Catches a direction that lands on the wrong m-line.

use super::*;

const TEXT: &str = "v=0\r\na=sendrecv\r\nm=audio 9 X 111\r\na=sendonly\r\na=mid:0\r\nm=video 9 X 96\r\n\
a=mid:1\r\na=sendonly\r\nm=video 9 X 96\r\na=mid:2\r\na=sendonly\r\n";

#[test]
fn only_the_named_lines_change_wherever_their_name_stands() {
    let directions =
        HashMap::from([("0".to_owned(), Direction::Inactive), ("2".to_owned(), Direction::RecvOnly)]);
    let text = with_directions(TEXT, &directions);
    let expected = "v=0\r\na=sendrecv\r\nm=audio 9 X 111\r\na=inactive\r\na=mid:0\r\nm=video 9 X 96\r\n\
a=mid:1\r\na=sendonly\r\nm=video 9 X 96\r\na=mid:2\r\na=recvonly\r\n";
    assert_eq!(text, expected);
    assert_eq!(with_directions(TEXT, &HashMap::new()), TEXT);
}
