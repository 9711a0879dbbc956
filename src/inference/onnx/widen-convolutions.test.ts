import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { copyNet, oddChannelsNet } from "../../../models/lip-models/fault-nets.ts";
import { wav2lipNet } from "../../../models/lip-models/wav2lip-net.ts";
import { blobSource, protoFields } from "./byte-source.ts";
import { ProtoWriter } from "./proto-writer.ts";
import { widenConvolutions } from "./widen-convolutions.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A message's fields as `number: bytes`. */
async function fieldsOf(bytes: Bytes): Promise<[number, Bytes][]> {
  const fields: [number, Bytes][] = [];
  for await (const { number, start, end } of protoFields(blobSource(new Blob([bytes])), 0, bytes.length)) {
    fields.push([number, bytes.slice(start, end)]);
  }
  return fields;
}

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());
const GRAPH = 7;
const NODE = 1;
const graphOf = async (file: Blob) =>
  fieldsOf((await fieldsOf(await bytesOf(file))).find(([number]) => number === GRAPH)![1]);

async function nodesOf(file: Blob) {
  const text = (bytes: Bytes) => new TextDecoder().decode(bytes);
  const nodes = (await graphOf(file)).filter(([number]) => number === NODE);
  return Promise.all(
    nodes.map(async ([, bytes]) => {
      const fields = await fieldsOf(bytes);
      const all = (wanted: number) =>
        fields.flatMap(([number, value]) => (number === wanted ? [text(value)] : []));
      return {
        type: all(4)[0]!,
        inputs: all(1),
        outputs: all(2),
        rest: fields.filter(([number]) => number !== 1),
      };
    }),
  );
}

/** The net with fields of a future version of ONNX in the file and in its graph. */
async function withUnknownFields(net: Bytes): Promise<Bytes> {
  const model = new ProtoWriter().text(90, "of the file");
  for (const [number, value] of await fieldsOf(net)) {
    if (number === GRAPH) {
      model.bytes(
        GRAPH,
        new ProtoWriter().int(91, -3).written(value).float(92, 0.5).text(10, "doc").finish(),
      );
    } else if (number === 1) model.int(1, 8);
    else model.bytes(number, value);
  }
  return model.finish();
}

test("the first layer of a six-channel face gets two channels of zeros, and all else stays byte by byte", async () => {
  const before = new Blob([await withUnknownFields(copyNet())]);
  const { file, convolutions } = await widenConvolutions(before);
  expect(convolutions).toBe(1);
  const nodes = await nodesOf(file);
  expect(nodes.map(({ type }) => type).slice(0, 5)).toEqual(["Constant", "Pad", "Constant", "Pad", "Conv"]);
  const [old] = await nodesOf(before);
  expect(nodes[4]!.inputs).toEqual([nodes[1]!.outputs[0], nodes[3]!.outputs[0]]);
  expect([nodes[1]!.inputs[0], nodes[3]!.inputs[0]]).toEqual(old!.inputs);
  expect(nodes[4]!.rest).toEqual(old!.rest);
  expect(nodes.slice(5)).toEqual((await nodesOf(before)).slice(1));
  const others = async (whole: Blob) => (await graphOf(whole)).filter(([number]) => number !== NODE);
  expect(await others(file)).toEqual(await others(before));
  const outside = async (whole: Blob) =>
    (await fieldsOf(await bytesOf(whole))).filter(([number]) => number !== GRAPH);
  expect(await outside(file)).toEqual(await outside(before));
});

test("weights in a Constant node or behind a cast are found, old operators get their Pad as an attribute", async () => {
  for (const options of [{ weights: "constant" }, { weights: "cast" }] as const) {
    expect((await widenConvolutions(new Blob([copyNet(options)]))).convolutions).toBe(1);
  }
  const { file } = await widenConvolutions(new Blob([copyNet({ opset: 9 })]));
  expect((await nodesOf(file)).map(({ type }) => type).slice(0, 3)).toEqual(["Pad", "Pad", "Conv"]);
});

test("only what WebGPU reads wrongly is changed", async () => {
  // 6 → 9 is right there, 9 → 12 and 15 → 8 are not, 12 → 15 and 8 → 3 are.
  expect((await widenConvolutions(new Blob([oddChannelsNet()]))).convolutions).toBe(2);
  const pointwise = new Blob([copyNet({ kernel: 1 })]);
  expect((await widenConvolutions(pointwise)).file).toBe(pointwise);
  for (const path of [
    "built/face-mesh-attention",
    "built/face-detector-short",
    "built/face-detector-full",
    "built/person-matte",
    "speech/mouth",
  ]) {
    const own = new Blob([readFileSync(new URL(`../../../models/${path}.onnx`, import.meta.url))]);
    expect((await widenConvolutions(own)).file).toBe(own);
  }
});

test("a large model's weights are neither read nor copied", async () => {
  let read = 0;
  class Counted extends Blob {
    override slice(...range: [number?, number?]): Blob {
      const part = super.slice(...range);
      const { size } = part;
      part.arrayBuffer = () => {
        read += size;
        return Blob.prototype.arrayBuffer.call(part);
      };
      return part;
    }
  }
  const net = new Counted([wav2lipNet()]);
  const { file, convolutions } = await widenConvolutions(net);
  expect(convolutions).toBe(1);
  expect(file.size - net.size).toBeLessThan(600);
  expect(net.size).toBeGreaterThan(140e6);
  // A page of 256 KiB at each jump over a tensor.
  expect(read).toBeLessThan(net.size / 3);
});

test("a file that breaks off is told by its code", async () => {
  const cut = new Blob([copyNet()]).slice(0, 2000);
  await expect(widenConvolutions(cut)).rejects.toMatchObject({ code: "model/integrity" });
});
