import { createFrameCache, type FrameCacheRoom } from "./frame-cache.ts";
import type { Picture } from "../planes/picture.ts";
import type { PlaneColour } from "../planes/plane-colour.ts";

/** What a test asks to be kept. */
export interface KeepRequest {
  readonly name: string;
  readonly colour: PlaneColour | null;
  readonly first: number;
  readonly room: FrameCacheRoom;
  readonly pictures: readonly Picture[];
  readonly discard: boolean;
}

self.onmessage = async ({ data }: MessageEvent<KeepRequest>) => {
  const { name, colour, first, room, pictures, discard } = data;
  const cache = await createFrameCache(name, colour, { first, room });
  for (const picture of pictures) cache.add(picture);
  if (discard) await cache.discard();
  self.postMessage(cache.finish());
};
