import { GraphConverter } from "./convert.ts";
import { OnnxGraph } from "./onnx.ts";
import { readTflite } from "./tflite.ts";

/** Goes into the files; raise it whenever the written bytes change. */
export const CONVERTER_VERSION = "1";

/** Eyelid contour: the first points of each eye's subset, over which the iris takes its mean depth. */
const EYE_CONTOUR_POINTS = 16;
const MESH_POINTS = 468;
const MATTE_SIDE = 256;

/**
 * A BlazeFace detector: `image` [1, 3, S, S] in [-1, 1] → `boxes` [n, 16] (centre, size and six key points, in
 * pixels relative to the anchors) and `scores` [n] in [0, 1].
 */
export function convertDetector(tflite: Uint8Array, name: string): Uint8Array {
  const onnx = new OnnxGraph(name);
  const [boxes, scores] = new GraphConverter(readTflite(tflite), onnx).run();
  if (boxes === undefined || scores === undefined) throw new Error("a detector has two outputs");
  const anchors = boxes.shape[1]!;
  onnx.output("boxes", boxes.value, [anchors, 16]);
  onnx.output("scores", onnx.node("Sigmoid", [scores.value]), [anchors]);
  return onnx.serialise(CONVERTER_VERSION);
}

/**
 * The attention mesh, its refinements already merged: `image` [1, 3, 192, 192] in [0, 1] → `landmarks` [478, 3] in
 * pixels of the input (x and y of lips and eyes refined, their z from the mesh; the iris points 468…477 take the
 * mean z of their eyelids) and `presence` [1] in [0, 1].
 * @see MediaPipe, `tensors_to_face_landmarks_with_attention.pbtxt`, for the merging.
 */
export function convertAttentionMesh(tflite: Uint8Array, name: string): Uint8Array {
  const onnx = new OnnxGraph(name);
  const converter = new GraphConverter(readTflite(tflite), onnx);
  const outputs = new Map(converter.run().map(({ name, value }) => [name, value]));
  const output = (key: string) => {
    const value = outputs.get(key);
    if (value === undefined) throw new Error(`the attention mesh has no output ${key}`);
    return value;
  };
  const [lips, leftEye, rightEye] = converter.subsets;
  if (lips === undefined || leftEye === undefined || rightEye === undefined)
    throw new Error("three crops expected");
  const rows = (value: string, columns: number) => onnx.node("Reshape", [value, onnx.ints([-1, columns])]);
  const columns = (value: string, first: number, last: number) =>
    onnx.node("Slice", [value, onnx.ints([first]), onnx.ints([last]), onnx.ints([1])]);

  const mesh = rows(output("output_mesh_identity"), 3);
  const refined = ["lips", "left_eye", "right_eye", "left_iris", "right_iris"].map((part) =>
    rows(output(`output_${part}`), 2),
  );
  const planar = onnx.node("Concat", [columns(mesh, 0, 2), ...refined], { axis: 0 });
  const order = Array.from({ length: MESH_POINTS }, (_, index) => index);
  let at = MESH_POINTS;
  for (const subset of [lips, leftEye, rightEye]) for (const landmark of subset) order[landmark] = at++;
  for (let iris = 0; iris < 10; iris++) order.push(at++);
  const merged = onnx.node("Gather", [planar, onnx.ints(order)]);

  const depth = columns(mesh, 2, 3);
  const irisDepths = [leftEye, rightEye].map((eye) => {
    const lids = onnx.node("Gather", [depth, onnx.ints(eye.slice(0, EYE_CONTOUR_POINTS))]);
    const mean = onnx.node("ReduceMean", [lids], { axes: [0], keepdims: 1 });
    return onnx.node("Expand", [mean, onnx.ints([5, 1])]);
  });
  const depths = onnx.node("Concat", [depth, ...irisDepths], { axis: 0 });
  onnx.output("landmarks", onnx.node("Concat", [merged, depths], { axis: 1 }), [MESH_POINTS + 10, 3]);
  onnx.output("presence", onnx.node("Sigmoid", [output("conv_faceflag")]), [1]);
  return onnx.serialise(CONVERTER_VERSION);
}

/**
 * A person's matte: `image` [1, 3, 256, 256] in [0, 1] → `matte` [256, 256], 1 where a person is.
 */
export function convertMatte(tflite: Uint8Array, name: string): Uint8Array {
  const onnx = new OnnxGraph(name);
  const [matte] = new GraphConverter(readTflite(tflite), onnx).run();
  if (matte === undefined) throw new Error("the matte has one output");
  onnx.output("matte", onnx.node("Reshape", [matte.value, onnx.ints([MATTE_SIDE, MATTE_SIDE])]), [
    MATTE_SIDE,
    MATTE_SIDE,
  ]);
  return onnx.serialise(CONVERTER_VERSION);
}
