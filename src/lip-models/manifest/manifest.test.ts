import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { manifestJsonSchema } from "../../../models/lip-models/write-schema.ts";
import { ARTICULATORS, MOUTH_RATE_HZ } from "../../core/mouth.ts";
import { MEL_BANDS, SPEECH_RATE_HZ } from "../../speech/features/log-mel.ts";
import { parseManifest, type LipFramesManifest } from "./manifest.ts";
import { READY_MANIFESTS, readyManifest } from "./ready-manifests.ts";

const folder = new URL("../../../models/lip-models/", import.meta.url);
const readJson = (name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as unknown;

/** The manifest of the original with a change anywhere in it. */
function changed(change: (manifest: Record<string, never>) => void): unknown {
  const copy = structuredClone(readyManifest("wav2lip-96")) as unknown as Record<string, never>;
  change(copy);
  return copy;
}

test("every manifest in the folder is valid and named after its id", () => {
  const names = readdirSync(folder).filter((name) => /^(wav2lip|dudak).*\.json$/.test(name));
  expect(names.length).toBeGreaterThanOrEqual(9);
  for (const name of names) expect(`${parseManifest(readJson(name)).id}.json`).toBe(name);
  const ready = READY_MANIFESTS.map(({ id }) => `${id}.json`);
  expect(names.filter((name) => name.startsWith("wav2lip")).sort()).toEqual(ready.sort());
});

test("the engine's own lips are described by the same schema, in agreement with the code", () => {
  const own = parseManifest(readJson("dudak-lips.json"));
  expect(own).toMatchObject({
    role: "mouth-track",
    articulators: [...ARTICULATORS],
    rateHz: MOUTH_RATE_HZ,
    audio: { sampleRateHz: SPEECH_RATE_HZ, bands: MEL_BANDS },
    licence: { commercialUse: "yes", acceptanceRequired: false },
  });
});

test("the JSON schema for editors is the one that the engine checks with", () => {
  expect(readJson("manifest.schema.json")).toEqual(JSON.parse(JSON.stringify(manifestJsonSchema())));
});

test("weights that are not known to be free for commercial use must be accepted", () => {
  for (const { licence } of READY_MANIFESTS) {
    if (licence.commercialUse !== "yes") expect(licence.acceptanceRequired).toBe(true);
  }
});

const refusal = (value: unknown): string => {
  try {
    parseManifest(value);
  } catch (error) {
    expect(error).toMatchObject({ code: "model/unsupported" });
    return (error as Error).message;
  }
  return expect.fail("the manifest was taken");
};

test("a wrong field is named by its path", () => {
  const wrong = changed((manifest) => {
    Object.assign(manifest["audio"]!, { bands: "eighty" });
    Object.assign(manifest, { providers: [] });
  });
  expect(refusal(wrong)).toMatch(/audio\.bands.*|providers.*/);
  expect(refusal(wrong)).toMatch(/providers/);
  expect(refusal(null)).toMatch(/not valid/);
  expect(refusal({ manifestVersion: 2 })).toMatch(/version 2/);
});

test("parts that contradict each other are refused", () => {
  const cases: [(manifest: LipFramesManifest) => object, RegExp][] = [
    [(manifest) => ({ ...manifest, size: 128 }), /inputs\.1\.dims must be/],
    [(manifest) => ({ ...manifest, audio: { ...manifest.audio, columns: 20 } }), /inputs\.0\.dims must be/],
    [(manifest) => ({ ...manifest, references: { ...manifest.references, count: 0 } }), /references\.count/],
    [(manifest) => ({ ...manifest, paste: { ...manifest.paste, top: 1 } }), /paste\.top/],
    [(manifest) => ({ ...manifest, audio: { ...manifest.audio, windowSize: 1600 } }), /windowSize/],
  ];
  for (const [change, reason] of cases) expect(refusal(change(readyManifest("wav2lip-96")))).toMatch(reason);
});

test("an unknown manifest id is refused with the known ones", () => {
  expect(() => readyManifest("wav2lip-97")).toThrow(/wav2lip-96/);
});

test("the worked example of the documentation is a valid manifest of a family that is not recognised", () => {
  const page = readFileSync(new URL("../../../docs/model-manifest.md", import.meta.url), "utf8");
  const example = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(page)![1]!) as unknown;
  expect(parseManifest(example)).toMatchObject({ id: "home-128", references: { count: 0 } });
});
