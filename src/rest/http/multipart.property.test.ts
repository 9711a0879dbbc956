import fc from "fast-check";
import { expect, test } from "vitest";
import { EngineError } from "../../job/errors.ts";
import { firstFile } from "./multipart.ts";

/** The bytes in pieces of the given sizes, over and over. */
function cut(bytes: Uint8Array, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let [at, turn] = [0, 0];
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += sizes[turn++ % sizes.length]!)));
    },
  });
}

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
/** Bytes of which many look like the beginning of a boundary. */
const content = fc
  .array(fc.oneof(fc.constantFrom(13, 10, 45, 98), fc.nat({ max: 255 })), { maxLength: 200 })
  .map((bytes) => Uint8Array.from(bytes))
  .filter((bytes) => !new TextDecoder("latin1").decode(bytes).includes("\r\n--bb"));

test("a file's bytes are the same however the body is cut", async () => {
  await fc.assert(
    fc.asyncProperty(content, sizes, async (bytes, pieces) => {
      const head = '--bb\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n';
      const body = Uint8Array.from([...latin1(head), ...bytes, ...latin1("\r\n--bb--\r\n")]);
      const file = await firstFile(cut(body, pieces), "bb");
      expect(new Uint8Array(await new Response(file!.body).arrayBuffer())).toEqual(bytes);
    }),
  );
});

test("bytes of any kind end in a file, in none, or in a coded error", async () => {
  await fc.assert(
    fc.asyncProperty(content, sizes, fc.boolean(), async (bytes, pieces, begins) => {
      const body = Uint8Array.from([...(begins ? latin1("--bb\r\n") : []), ...bytes]);
      try {
        const file = await firstFile(cut(body, pieces), "bb");
        if (file) await new Response(file.body).arrayBuffer();
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
      }
    }),
  );
});
