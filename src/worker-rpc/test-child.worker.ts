/** Gives numbers back doubled, in the buffer they came in; throws at the word "throw". */
self.onmessage = ({ data }: MessageEvent<Float64Array<ArrayBuffer> | "throw">) => {
  if (data === "throw") throw new Error("as asked");
  self.postMessage({ doubled: data.map((value) => 2 * value) });
};
