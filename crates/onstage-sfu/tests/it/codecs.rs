//! Codecs other than the usual ones: catches packets under payload types that mean something else, pictures that
//! start without a key frame, and sound that only some can read.

use std::time::Duration;

use onstage_sfu::{Codec, Control, Notice, PeerRole, Quality, SoundOptions, TrackKey, TrackSource, Wish};
use str0m::format::Codec as EngineCodec;
use str0m::media::Rid;
use str0m::rtp::{Extension, ExtensionMap, ExtensionSerializer, ExtensionValues};

use super::support::bot::{Got, OWN_COLOURS, RIDS, Raw};
use super::support::{CAMERA, FRAME, MICROPHONE, World, description, key};

const SMALL: Wish = Wish::AtMost(Quality::Low);
const LARGE: Wish = Wish::AtMost(Quality::High);

/// A publisher that announces a track with a codec, and offers it.
fn announce(world: &mut World, host: usize, (track, source): (TrackKey, TrackSource), codec: Codec) -> Codec {
    let mut described = description(host, track, source);
    described.codec = Some(codec);
    described.sound = SoundOptions { has_redundancy: codec == Codec::Red, ..SoundOptions::default() };
    world.tell(Control::ExpectTrack { peer: key(host), track, description: described });
    let offer = world.bots[host].offer(&[(format!("cid{}", track.0), source)]);
    let tracks = world.answer_from_shard(host, offer);
    tracks.iter().find(|negotiated| negotiated.track == track).unwrap().codec
}

fn payload_type(world: &World, bot: usize, codec: EngineCodec) -> u8 {
    let codecs = world.bots[bot].rtc.codec_config();
    *codecs.find(|param| param.spec().codec == codec).expect("a known codec").pt()
}

/// Sends one picture of each layer in `layers`, H.264 in three packets: parameter sets, two fragments. Each packet
/// ends with its layer and the number of its picture.
struct Camera {
    track: usize,
    picture: u32,
    numbers: [u64; 3],
    keys: u32,
    /// Its parameter sets go before the first picture alone.
    says_sets_once: bool,
}

impl Camera {
    fn new(track: usize) -> Self {
        Self { track, picture: 0, numbers: [100, 40_000, 65_530], keys: 0, says_sets_once: false }
    }

    /// Makes a key frame of every layer every `every` pictures, and of none otherwise.
    fn film(&mut self, world: &mut World, host: usize, layers: &[usize], (span, every): (Duration, u32)) {
        let payload_type = payload_type(world, host, EngineCodec::H264);
        let end = world.now + span;
        while world.now < end {
            world.bots[host].tell_time(world.now);
            let is_key = self.picture.is_multiple_of(every);
            for layer in layers {
                self.picture_of(world, host, *layer, (is_key, payload_type));
            }
            self.picture += 1;
            world.run(FRAME);
        }
    }

    fn picture_of(
        &mut self,
        world: &mut World,
        host: usize,
        layer: usize,
        (is_key, payload_type): (bool, u8),
    ) {
        let unit = if is_key { 5 } else { 1 };
        let mut packets = vec![vec![0x7c, 0x80 | unit], vec![0x7c, 0x40 | unit]];
        if is_key && (!self.says_sets_once || self.picture == 0) {
            packets.insert(0, vec![0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce]);
        }
        self.keys += u32::from(is_key);
        let count = packets.len();
        for (place, mut contents) in packets.into_iter().enumerate() {
            contents.push(u8::try_from(layer).unwrap());
            contents.extend(self.picture.to_be_bytes());
            self.numbers[layer] += 1;
            let packet = Raw {
                payload_type,
                number: self.numbers[layer],
                timestamp: self.picture * 3_000 + 77_000_000 * u32::try_from(layer).unwrap(),
                is_end: place + 1 == count,
                contents: &contents,
                extensions: ExtensionValues::default(),
            };
            let rid = world.bots[host].outgoing[self.track].has_layers.then(|| Rid::from(RIDS[layer]));
            world.bots[host].send_raw(self.track, rid, packet);
        }
    }
}

/// What an H.264 decoder needs: parameter sets first, no number missing, whole pictures, layers that change at key frames.
fn assert_decodable(got: &[Got]) -> Vec<u8> {
    let mut got = got.to_vec();
    got.sort_by_key(|got| got.number);
    assert_eq!(got[0].payload[0], 0x78, "parameter sets come first");
    let mut layers = vec![layer_of(&got[0])];
    for pair in got.windows(2) {
        assert_eq!(pair[1].number, pair[0].number + 1, "numbers follow each other");
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp).cast_signed();
        assert_eq!(step > 0, pair[0].is_end, "a picture ends before the next begins, and is one moment");
        assert!(step >= 0, "time does not run back");
        if layer_of(&pair[1]) != layer_of(&pair[0]) {
            assert_eq!(pair[1].payload[0], 0x78, "layers change at key frames");
            layers.push(layer_of(&pair[1]));
        }
    }
    layers
}

fn layer_of(got: &Got) -> u8 {
    got.payload[got.payload.len() - 5]
}

/// A host with an H.264 camera, and a viewer; both know VP8 too.
fn h264_stage() -> (World, usize, usize) {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewer = world.open(PeerRole::Subscriber);
    for bot in [host, viewer] {
        world.bots[bot].equip(|config| config.enable_opus(true, false).enable_vp8(true).enable_h264(true));
    }
    let codec = announce(&mut world, host, (CAMERA, TrackSource::Camera), Codec::H264);
    assert_eq!(codec, Codec::H264);
    world.subscribe(viewer, CAMERA);
    world.run(Duration::from_secs(1));
    (world, host, viewer)
}

#[test]
fn a_publisher_that_announces_h264_is_answered_with_it_first() {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    world.bots[host].equip(|config| config.enable_opus(true, false).enable_vp8(true).enable_h264(true));
    announce(&mut world, host, (CAMERA, TrackSource::Camera), Codec::H264);
    let codec = announce(&mut world, host, (TrackKey(3), TrackSource::Screen), Codec::Vp8);
    assert_eq!(codec, Codec::Vp8);
    let answer = world.bots[host].answers.last().unwrap();
    let lines: Vec<_> = answer.lines().filter(|line| line.starts_with("m=video")).collect();
    // 108 is constrained baseline in fragments, as the bot numbers it; 96 is VP8.
    assert!(lines[0].contains("SAVPF 108 109 "), "{}", lines[0]);
    assert!(lines[1].contains("SAVPF 96 97 "), "{}", lines[1]);
}

#[test]
fn h264_layers_are_one_stream() {
    let (mut world, host, viewer) = h264_stage();
    let mut camera = Camera::new(0);
    for round in 0..8 {
        let wish = if round % 2 == 0 { LARGE } else { SMALL };
        world.tell(Control::SetWish { peer: key(viewer), track: CAMERA, wish });
        camera.film(&mut world, host, &[0, 1, 2], (Duration::from_millis(1_500), 20));
    }
    let got = world.got(viewer, CAMERA);
    let layers = assert_decodable(&got);
    assert!(layers.len() >= 8, "{layers:?}");
    let wanted = payload_type(&world, viewer, EngineCodec::H264);
    let profile = |payload_type| {
        let codecs = world.bots[viewer].rtc.codec_config();
        codecs.find(|param| *param.pt() == payload_type).unwrap().spec().format.profile_level_id
    };
    assert_eq!(profile(got[0].payload_type), profile(wanted));
    assert_eq!(world.shard.track_counters(CAMERA).unwrap().key_frames_in, u64::from(camera.keys));
}

#[test]
fn who_joins_a_moment_after_an_h264_key_frame_is_handed_it() {
    let (mut world, host, _) = h264_stage();
    let mut camera = Camera::new(0);
    camera.film(&mut world, host, &[0, 1, 2], (FRAME * 60, 50));
    let asked = world.shard.track_counters(CAMERA).unwrap().key_frames_asked;
    let viewer = world.open(PeerRole::Subscriber);
    world.bots[viewer].equip(|config| config.enable_vp8(true).enable_h264(true));
    world.subscribe(viewer, CAMERA);
    camera.film(&mut world, host, &[0, 1, 2], (FRAME * 10, 50));
    assert_decodable(&world.got(viewer, CAMERA));
    assert_eq!(world.shard.track_counters(CAMERA).unwrap().key_frames_asked, asked);
}

#[test]
fn parameter_sets_that_came_once_go_before_each_key_frame_of_who_comes_later() {
    let (mut world, host, _) = h264_stage();
    let mut camera = Camera { says_sets_once: true, ..Camera::new(0) };
    camera.film(&mut world, host, &[0, 1, 2], (FRAME * 60, 20));
    let viewer = world.open(PeerRole::Subscriber);
    world.bots[viewer].equip(|config| config.enable_vp8(true).enable_h264(true));
    world.subscribe(viewer, CAMERA);
    for wish in [LARGE, SMALL, LARGE] {
        world.tell(Control::SetWish { peer: key(viewer), track: CAMERA, wish });
        camera.film(&mut world, host, &[0, 1, 2], (Duration::from_millis(1_500), 20));
    }
    let mut got = world.got(viewer, CAMERA);
    got.sort_by_key(|got| got.number);
    let are_sets = |got: &Got| got.payload == [0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce];
    assert!(are_sets(&got[0]), "{:?}", got[0]);
    for pair in got.windows(2) {
        assert_eq!(pair[1].number, pair[0].number + 1, "numbers follow each other");
        let is_key = pair[1].payload[..2] == [0x7c, 0x85];
        assert_eq!(is_key, are_sets(&pair[0]));
        assert!(!is_key || pair[0].timestamp == pair[1].timestamp && !pair[0].is_end);
    }
    assert!(got.iter().filter(|got| are_sets(got)).count() >= 5);
}

#[test]
fn a_line_carries_vp8_and_later_h264() {
    let (mut world, host, viewer) = h264_stage();
    let guest = world.open(PeerRole::Publisher);
    let other = TrackKey(11);
    world.publish(guest, &[(other, TrackSource::Camera)]);
    let mut camera = Camera::new(0);
    camera.film(&mut world, host, &[0], (Duration::from_secs(1), 20));
    let mid = world.mid_of(viewer, CAMERA);
    for _ in 0..2 {
        world.tell(Control::Unsubscribe { peer: key(viewer), track: CAMERA });
        world.run(Duration::from_millis(400));
        world.subscribe(viewer, other);
        world.run(Duration::from_millis(400));
        assert_eq!(world.mid_of(viewer, other), mid);
        let before = world.bots[viewer].got.len();
        world.film(guest, &[0, 1, 2], Duration::from_secs(1));
        let vp8 = payload_type(&world, viewer, EngineCodec::Vp8);
        let got = &world.bots[viewer].got[before..];
        assert!(got.len() > 60 && got.iter().all(|got| got.payload_type == vp8));
        world.tell(Control::Unsubscribe { peer: key(viewer), track: other });
        world.run(Duration::from_millis(400));
        world.subscribe(viewer, CAMERA);
        world.run(Duration::from_millis(400));
        let before = world.bots[viewer].got.len();
        camera.film(&mut world, host, &[0], (Duration::from_secs(2), 20));
        let got = &world.bots[viewer].got[before..];
        assert!(got.len() > 70 && got.iter().all(|got| got.payload_type != vp8));
        assert_decodable(got);
    }
}

#[test]
fn who_has_no_h264_is_told_and_gets_nothing_of_it() {
    let (mut world, host, _) = h264_stage();
    let viewer = world.open(PeerRole::Subscriber);
    world.subscribe(viewer, CAMERA);
    world.run(Duration::from_secs(1));
    let told = Notice::Unplayable { peer: key(viewer), track: CAMERA, codec: Codec::H264 };
    assert!(world.has_notice(|notice| *notice == told));
    let subscribed = Notice::Subscribed { peer: key(viewer), track: CAMERA };
    assert!(!world.has_notice(|notice| *notice == subscribed));
    Camera::new(0).film(&mut world, host, &[0], (Duration::from_secs(1), 20));
    assert!(world.bots[viewer].got.is_empty());
}

/// A host and a viewer with one more codec; sends a stream in which each tenth payload is `key`, and the others `delta`.
fn pass_through(codec: (Codec, EngineCodec), key_payload: &[u8], delta: &[u8]) {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewer = world.open(PeerRole::Subscriber);
    for bot in [host, viewer] {
        world.bots[bot].equip(|config| config.enable_vp8(true).enable_vp9(true).enable_av1(true));
    }
    assert_eq!(announce(&mut world, host, (CAMERA, TrackSource::Screen), codec.0), codec.0);
    world.subscribe(viewer, CAMERA);
    world.run(Duration::from_secs(1));
    let payload_type = payload_type(&world, host, codec.1);
    for picture in 0..60_u32 {
        world.bots[host].tell_time(world.now);
        let mut contents = if picture % 10 == 5 { key_payload } else { delta }.to_vec();
        contents.extend(picture.to_be_bytes());
        let packet = Raw {
            payload_type,
            number: u64::from(picture) + 10,
            timestamp: picture * 3_000,
            is_end: true,
            contents: &contents,
            extensions: ExtensionValues::default(),
        };
        world.bots[host].send_raw(0, None, packet);
        world.run(FRAME);
    }
    world.run(FRAME);
    let got = world.got(viewer, CAMERA);
    let pictures: Vec<_> = got.iter().map(|got| got.payload[got.payload.len() - 1]).collect();
    assert_eq!(pictures, (5..60).collect::<Vec<u8>>(), "from the first key frame on, all");
    assert_eq!(world.shard.track_counters(CAMERA).unwrap().key_frames_in, 6);
    for bot in [host, viewer] {
        let described = if bot == host { &world.bots[bot].answers } else { &world.bots[bot].offers };
        assert!(!described.last().unwrap().contains("dependency-descriptor"), "removed on both sides");
    }
}

#[test]
fn vp9_passes_through() {
    pass_through((Codec::Vp9, EngineCodec::Vp9), &[0x8c, 0x81, 0x05], &[0xcc, 0x81, 0x06]);
}

#[test]
fn av1_passes_through() {
    pass_through((Codec::Av1, EngineCodec::Av1), &[0x18, 0x0a], &[0x10, 0x32]);
}

fn redundant(older: &[u8], newest: &[u8]) -> Vec<u8> {
    let offset = 960_u16 << 2;
    let mut packet =
        vec![0x80 | 0x6f, offset.to_be_bytes()[0], offset.to_be_bytes()[1], older.len() as u8, 111];
    packet.extend(older);
    packet.extend(newest);
    packet
}

#[test]
fn redundant_sound_goes_to_who_reads_it_and_its_newest_block_to_others() {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let readers = [world.open(PeerRole::Subscriber), world.open(PeerRole::Subscriber)];
    world.bots[host].equip(|config| config.enable_opus(true, true));
    world.bots[readers[0]].equip(|config| config.enable_opus(true, true));
    assert_eq!(announce(&mut world, host, (MICROPHONE, TrackSource::Microphone), Codec::Red), Codec::Red);
    let answer = world.bots[host].answers.last().unwrap();
    assert!(answer.contains("m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"), "{answer}");
    for reader in readers {
        world.subscribe(reader, MICROPHONE);
    }
    world.run(Duration::from_secs(1));
    let speak = |world: &mut World, from: u32, to: u32| {
        for packet in from..to {
            world.bots[host].tell_time(world.now);
            let contents = redundant(&(packet.wrapping_sub(1)).to_be_bytes(), &packet.to_be_bytes());
            let packet = Raw {
                payload_type: 63,
                number: u64::from(packet),
                timestamp: packet * 960,
                is_end: false,
                contents: &contents,
                extensions: ExtensionValues::default(),
            };
            world.bots[host].send_raw(0, None, packet);
            world.run(Duration::from_millis(20));
        }
    };
    speak(&mut world, 1_000, 1_050);
    world.tell(Control::SetGate { track: MICROPHONE, open: false });
    speak(&mut world, 1_050, 1_060);
    world.tell(Control::SetGate { track: MICROPHONE, open: true });
    speak(&mut world, 1_060, 1_100);
    world.run(Duration::from_millis(20));
    let said: Vec<u32> = (1_000..1_050).chain(1_060..1_100).collect();
    let newest = |got: &Got| u32::from_be_bytes(got.payload[got.payload.len() - 4..].try_into().unwrap());
    for reader in readers {
        let got = world.got(reader, MICROPHONE);
        assert_eq!(got.iter().map(newest).collect::<Vec<_>>(), said);
    }
    let with = world.got(readers[0], MICROPHONE);
    assert!(with.iter().filter(|got| got.payload_type == 63).count() > 40);
    assert!(world.got(readers[1], MICROPHONE).iter().all(|got| got.payload.len() == 4));
    let first_redundant =
        with.iter().filter(|got| newest(got) >= 1_060).find(|got| got.payload_type == 63).unwrap();
    assert!(newest(first_redundant) > 1_070, "nothing that was said behind the gate comes later");
}

#[test]
fn sound_gets_what_was_asked_for_it() {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewer = world.open(PeerRole::Subscriber);
    world.bots[host].equip(|config| config.enable_opus(true, true));
    let mut described = description(host, MICROPHONE, TrackSource::Microphone);
    described.sound = SoundOptions { has_redundancy: false, is_stereo: true, has_dtx: true };
    world.tell(Control::ExpectTrack { peer: key(host), track: MICROPHONE, description: described });
    let offer = world.bots[host].offer(&[("cid2".to_owned(), TrackSource::Microphone)]);
    let tracks = world.answer_from_shard(host, offer);
    assert_eq!(tracks[0].codec, Codec::Opus);
    let answer = world.bots[host].answers.last().unwrap();
    assert!(answer.contains("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;usedtx=1\r\n"), "{answer}");
    assert!(answer.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"), "redundancy was not asked for: {answer}");
    world.subscribe(viewer, MICROPHONE);
    world.run(Duration::from_secs(1));
    let offer = world.bots[viewer].offers.last().unwrap();
    assert!(offer.contains("sprop-stereo=1"), "{offer}");
}

/// The colours of a picture as a bot sends and reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Colours(Vec<u8>);

#[derive(Debug)]
struct Painter;

impl ExtensionSerializer for Painter {
    fn write_to(&self, buffer: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(Colours(bytes)) = values.user_values.get() else { return 0 };
        buffer[..bytes.len()].copy_from_slice(bytes);
        bytes.len()
    }

    fn parse_value(&self, bytes: &[u8], values: &mut ExtensionValues) -> bool {
        values.user_values.set(Colours(bytes.to_vec()));
        true
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, values: &ExtensionValues) -> bool {
        values.user_values.get::<Colours>().is_some_and(|Colours(bytes)| bytes.len() > 16)
    }
}

#[test]
fn what_a_picture_says_of_its_colours_arrives() {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewers = [world.open(PeerRole::Subscriber), world.open(PeerRole::Subscriber)];
    for bot in [host, viewers[0]] {
        let mut extensions = ExtensionMap::standard();
        extensions.set(8, Extension::with_serializer(OWN_COLOURS, Painter));
        world.bots[bot]
            .equip(|config| config.enable_vp8(true).enable_vp9(true).set_extension_map(extensions));
    }
    world.bots[viewers[1]].equip(|config| config.enable_vp9(true));
    announce(&mut world, host, (CAMERA, TrackSource::Screen), Codec::Vp9);
    for viewer in viewers {
        world.subscribe(viewer, CAMERA);
    }
    world.run(Duration::from_secs(1));
    let payload_type = payload_type(&world, host, EngineCodec::Vp9);
    let said = [vec![1, 13, 6, 0x12], (0..28).collect(), vec![9; 5]];
    for (number, bytes) in (10..).zip(&said) {
        world.bots[host].tell_time(world.now);
        let mut extensions = ExtensionValues::default();
        extensions.user_values.set(Colours(bytes.clone()));
        let packet = Raw {
            payload_type,
            number,
            timestamp: number as u32 * 3_000,
            is_end: true,
            contents: &[0x8c, 0x81, 0x05, 7],
            extensions,
        };
        world.bots[host].send_raw(0, None, packet);
        world.run(FRAME);
    }
    let heard = |viewer| {
        let got = world.got(viewer, CAMERA);
        got.iter().map(|got| got.extensions.user_values.get::<Colours>().cloned()).collect::<Vec<_>>()
    };
    let [short, long, _] = said.map(Colours);
    assert_eq!(heard(viewers[0]), [Some(short), Some(long), None], "what is no colour space stays behind");
    assert_eq!(heard(viewers[1]), [None, None, None], "who did not agree gets nothing of it");
}
