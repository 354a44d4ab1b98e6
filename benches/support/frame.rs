//! WebSocket frames, only as much as a reader of short text messages needs.

/// The kind of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    Text,
    Close,
    Ping,
    Pong,
    Other,
}

/// A complete frame at the start of the input.
pub struct Frame<'a> {
    pub opcode: Opcode,
    pub payload: &'a [u8],
    /// Its length in bytes.
    pub length: usize,
}

/// The first frame of the input, if it is complete.
pub fn first(read: &[u8]) -> Option<Frame<'_>> {
    let opcode = match read.first()? & 0x0f {
        1 => Opcode::Text,
        8 => Opcode::Close,
        9 => Opcode::Ping,
        10 => Opcode::Pong,
        _ => Opcode::Other,
    };
    // A server does not mask: the highest bit of the length is 0.
    let (begin, size) = match *read.get(1)? {
        126 => {
            let bytes = read.get(2..4)?.try_into().ok()?;
            (4, usize::from(u16::from_be_bytes(bytes)))
        }
        127 => {
            let bytes = read.get(2..10)?.try_into().ok()?;
            (10, usize::try_from(u64::from_be_bytes(bytes)).ok()?)
        }
        size => (2, usize::from(size)),
    };
    let length = begin + size;
    let payload = read.get(begin..length)?;
    Some(Frame {
        opcode,
        payload,
        length,
    })
}

/// A client's frame, masked with zeros as required.
pub fn masked(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let code = match opcode {
        Opcode::Text => 1,
        Opcode::Close => 8,
        Opcode::Ping => 9,
        Opcode::Pong => 10,
        Opcode::Other => 2,
    };
    let mut frame = vec![0x80 | code];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(size), _) if size < 126 => frame.push(0x80 | size),
        (_, Ok(size)) => {
            frame.push(0x80 | 126);
            frame.extend(size.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
