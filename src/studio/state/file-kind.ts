/** What a dropped, pasted or chosen file is to the studio. */
export type FileKind = "picture" | "voice" | "video" | "model" | "manifest" | "table" | "unknown";

const BY_EXTENSION: readonly (readonly [FileKind, RegExp])[] = [
  ["picture", /\.(png|jpe?g|jfif|webp|gif|bmp|avif|tiff?|heic|heif|svg)$/i],
  ["voice", /\.(mp3|wav|m4a|aac|ogg|oga|opus|flac|wma|amr|aiff?|caf|weba)$/i],
  ["video", /\.(mp4|m4v|mov|webm|mkv|avi|wmv|flv|ts|mpe?g|3gp|ogv)$/i],
  ["model", /\.onnx$/i],
  ["manifest", /\.json$/i],
  ["table", /\.csv$/i],
];

/** Tells by type, else by name, what a file is; the engine has the last word when it reads the bytes. */
export function fileKind(file: { readonly type: string; readonly name: string }): FileKind {
  if (file.type.startsWith("image/")) return "picture";
  if (file.type.startsWith("audio/")) return "voice";
  if (file.type.startsWith("video/")) return "video";
  if (file.type === "text/csv") return "table";
  return BY_EXTENSION.find(([, pattern]) => pattern.test(file.name))?.[0] ?? "unknown";
}
