//! Invalid frames are answered with the matching close code, and the connection stays open until it has been read.

use crate::support::forum::Forum;
use crate::support::raw::Raw;

on_both_databases!(
    bytes_that_are_no_utf8_are_closed_with_1007,
    frames_that_break_the_protocol_are_closed_with_1002,
    a_binary_message_is_closed_with_4400,
);

const TEXT: u8 = 0x81;

async fn bytes_that_are_no_utf8_are_closed_with_1007(forum: Forum) {
    for bytes in [&b"\xff"[..], b"\xc3\x28", b"{\"type\":\"\xed\xa0\x80\"}"] {
        let mut raw = Raw::open(forum.address()).await;
        raw.send_frame(TEXT, bytes).await;
        assert_eq!(raw.close_code().await, 1007, "{bytes:?}");
    }
}

async fn frames_that_break_the_protocol_are_closed_with_1002(forum: Forum) {
    // Reserved bits, a reserved opcode, a ping in pieces, a continuation of nothing.
    for first in [0xf1, 0x83, 0x09, 0x80] {
        let mut raw = Raw::open(forum.address()).await;
        raw.send_frame(first, b"{}").await;
        assert_eq!(raw.close_code().await, 1002, "{first:#x}");
    }
    // Clients have to mask.
    let mut raw = Raw::open(forum.address()).await;
    raw.send(&[TEXT, 2, b'{', b'}']).await;
    assert_eq!(raw.close_code().await, 1002);
}

async fn a_binary_message_is_closed_with_4400(forum: Forum) {
    let mut raw = Raw::open(forum.address()).await;
    raw.send_frame(0x82, b"{\"type\":\"ping\"}").await;
    assert_eq!(raw.close_code().await, 4400);
}
