import { expect, test } from "vitest";
import { firstFile, multipartBoundary } from "./multipart.ts";

/** The bytes in pieces of `size`, as a slow network brings them. */
function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
}

test("the file's bytes are the same however the body is cut into chunks", async () => {
  // Bytes that look like boundaries and line ends, but are not.
  const content = Uint8Array.from([
    13, 10, 45, 45, 98, 13, 10, 45, 45, 98, 111, 0, 255, 13, 10, 45, 13, 13, 10,
  ]);
  const form = new FormData();
  form.set("text", "a\r\nb");
  form.set("file", new File([content], 'say "hi".bin', { type: "application/x-test" }));
  const request = new Request("http://x/", { method: "POST", body: form });
  const boundary = multipartBoundary(request.headers.get("Content-Type")!)!;
  const body = new Uint8Array(await request.arrayBuffer());
  for (const size of [1, 2, 3, 7, 16, 1000]) {
    const file = await firstFile(inPieces(body, size), boundary);
    expect(file).toMatchObject({ type: "application/x-test" });
    expect(new Uint8Array(await new Response(file!.body).arrayBuffer())).toEqual(content);
  }
});

test("a body that ends inside the file breaks the file's stream off", async () => {
  const head = '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc';
  const file = await firstFile(inPieces(new TextEncoder().encode(head), 5), "b");
  await expect(new Response(file!.body).text()).rejects.toMatchObject({ code: "input/field" });
});

test.each([
  ['form-data; name="file"; filename="a \\"b\\".mp3"', 'a \\"b\\".mp3'],
  ["form-data; name=file; filename=a.mp3", "a.mp3"],
  ["form-data; name=\"file\"; filename*=utf-8''%C5%9Fark%C4%B1.mp3", "şarkı.mp3"],
  ['form-data; name="file"; filename="plain.mp3"; filename*=UTF-8\'\'%C5%9F.mp3', "plain.mp3"],
])("a file's name is read from %s", async (disposition, name) => {
  const body = `--b\r\nContent-Disposition: ${disposition}\r\n\r\nx\r\n--b--\r\n`;
  const file = await firstFile(inPieces(new TextEncoder().encode(body), 7), "b");
  expect(file?.name).toBe(name);
  expect(await new Response(file!.body).text()).toBe("x");
});
