/** Cuts a stream of bytes into the frames of a protocol: `lengthOf` says how long the frame at the beginning is, once it can. */
export class Frames {
  private rest: Buffer = Buffer.alloc(0);

  /** @param lengthOf the whole length of the frame that these bytes begin with; undefined where there are too few to say */
  constructor(private readonly lengthOf: (bytes: Buffer) => number | undefined) {}

  /** The frames that these bytes complete. */
  push(chunk: Buffer): Buffer[] {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Buffer[] = [];
    let at = 0;
    for (;;) {
      const length = this.lengthOf(bytes.subarray(at));
      if (length === undefined || bytes.length - at < length) break;
      frames.push(bytes.subarray(at, at + length));
      at += length;
    }
    this.rest = bytes.subarray(at);
    return frames;
  }
}

/** What PostgreSQL answers: a letter, and a length that counts itself but not the letter. */
export const postgresAnswers = () =>
  new Frames((bytes) => (bytes.length < 5 ? undefined : 1 + bytes.readInt32BE(1)));

/** Requests and answers of Kafka alike: a length that does not count itself. */
export const kafkaFrames = () =>
  new Frames((bytes) => (bytes.length < 4 ? undefined : 4 + bytes.readInt32BE(0)));
