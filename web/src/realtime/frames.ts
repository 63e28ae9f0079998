// The frames of `/v1/events`, checked once where they come in.
import * as z from 'zod/mini';

export interface LiveEvent {
  seq: number;
  /** The kept event before this one that this person could hear. */
  prev?: number | undefined;
  /** Set on events that are not kept: they come after this kept event. */
  after?: number | undefined;
  name: string;
  at: string;
  data: Record<string, unknown>;
}

const data = z.record(z.string(), z.unknown());

const event = z.object({
  seq: z._default(z.nullish(z.number()), null),
  prev: z.optional(z.nullable(z.number())),
  after: z.optional(z.nullable(z.number())),
  name: z.string(),
  at: z._default(z.string(), ''),
  data: z._default(data, {}),
});

const problem = z.looseObject({ code: z.string(), status: z._default(z.number(), 0), detail: z.optional(z.nullable(z.string())) });

const frame = z.looseObject({
  session_id: z.optional(z.string()),
  seq: z.optional(z.nullable(z.number())),
  snapshot: z.optional(data),
  events: z.optional(z.array(event)),
  caught_up: z.optional(z.unknown()),
  resync: z.optional(z.unknown()),
  reply_to: z.optional(z.unknown()),
  ok: z.optional(z.unknown()),
  problem: z.optional(problem),
  removed: z.optional(z.boolean()),
});

export type Frame = z.infer<typeof frame>;
export type FrameEvent = z.infer<typeof event>;

/** The frame, or null where it is not one of ours: an unknown frame must never stop the page. */
export function readFrame(text: string): Frame | null {
  try {
    const parsed = z.safeParse(frame, JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function toLiveEvent(raw: FrameEvent): LiveEvent {
  return {
    seq: raw.seq ?? raw.after ?? 0,
    prev: raw.prev ?? undefined,
    after: raw.after ?? undefined,
    name: raw.name,
    at: raw.at,
    data: raw.data,
  };
}
