/** A result's temporary file, for those who have saved the result elsewhere. */
export { discardTemporaryOutput } from "../media/encode/output-target.ts";
