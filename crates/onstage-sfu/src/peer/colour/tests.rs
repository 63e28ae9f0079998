//! Catches values that the engine would choke on, and names that leak.

use super::*;

#[test]
fn only_values_of_known_length_pass() {
    for length in 0..40 {
        let mut values = ExtensionValues::default();
        let bytes: Vec<u8> = (0..length).collect();
        assert_eq!(Serializer.parse_value(&bytes, &mut values), length == 4 || length == 28);
        let mut copy = ExtensionValues::default();
        pass(&values, &mut copy);
        let mut buffer = [0; 40];
        let written = Serializer.write_to(&mut buffer, &copy);
        assert_eq!(written, if [4, 28].contains(&length) { usize::from(length) } else { 0 });
        assert_eq!(buffer.get(..written), bytes.get(..written));
        assert_eq!(Serializer.requires_two_byte_form(&copy), written > 16);
    }
    let mut values = ExtensionValues::default();
    Serializer.parse_value(&[1, 2, 3, 4], &mut values);
    assert_eq!(Serializer.write_to(&mut [0; 3], &values), 0, "no room");
}

#[test]
fn the_inner_name_stays_inside() {
    let offered = format!("a=extmap:8 {NAME}\r\n");
    assert_eq!(inward(&offered), format!("a=extmap:8 {INNER_NAME}\r\n"));
    assert_eq!(outward(&inward(&offered)), offered);
}
