// Everything that is said of facts, in English, as one part to load.
export { ERRORS } from "./errors.ts";
export { FINDINGS } from "./findings.ts";
export { fillIn } from "./message.ts";
export { WARNINGS } from "./warnings.ts";
