import { expect, test } from "vitest";
import { loadAsset, verify } from "./load-asset.ts";
import { ASSETS, type AssetName } from "./model-registry.ts";

test.each(Object.keys(ASSETS) as AssetName[])("%s is served as its manifest says", async (name) => {
  expect((await loadAsset(name)).length).toBe(ASSETS[name].bytes);
});

test("one changed bit or a missing end is noticed", async () => {
  const bytes = await loadAsset("face-geometry");
  const flipped = bytes.slice();
  flipped[1000]! ^= 1;
  const code = (promise: Promise<void>) =>
    promise.then(() => "accepted").catch((error: { code: string }) => error.code);
  expect(await code(verify("a", bytes, ASSETS["face-geometry"]))).toBe("accepted");
  expect(await code(verify("b", flipped, ASSETS["face-geometry"]))).toBe("model/integrity");
  expect(await code(verify("c", bytes.slice(0, -1), ASSETS["face-geometry"]))).toBe("model/integrity");
});
