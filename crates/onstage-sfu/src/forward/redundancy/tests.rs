//! Catches blocks that are taken for others, and lengths that lead out of the packet.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use super::*;

fn packet(older: &[&[u8]], newest: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    for (back, block) in older.iter().rev().enumerate() {
        let [high, low] = u16::try_from(block.len()).unwrap().to_be_bytes();
        let offset = u16::try_from(960 * (back + 1)).unwrap() << 2;
        packet.extend([0x80 | 0x6f, offset.to_be_bytes()[0], offset.to_be_bytes()[1] | high, low]);
    }
    packet.push(111);
    for block in older.iter().rev() {
        packet.extend(*block);
    }
    packet.extend(newest);
    packet
}

#[test]
fn the_newest_block_is_found() {
    let now = Some(Newest { payload_type: 111, contents: Arc::from(*b"now") });
    assert_eq!(newest(&packet(&[], b"now")), now);
    assert_eq!(newest(&packet(&[b"before"], b"now")), now);
    let long = [7; 700];
    assert_eq!(newest(&packet(&[&long, b"before"], b"now")), now);
}

#[test]
fn what_is_cut_short_is_nothing() {
    let whole = packet(&[b"long before", b"before"], b"now");
    for end in 0..=whole.len() - 3 {
        assert_eq!(newest(&whole[..end]), None, "{end} bytes");
    }
}

#[test]
fn reaches_blocks_max() {
    let few = vec![&b"x"[..]; BLOCKS_MAX - 1];
    assert!(newest(&packet(&few, b"now")).is_some());
    let many = vec![&b"x"[..]; BLOCKS_MAX];
    assert_eq!(newest(&packet(&many, b"now")), None);
}
