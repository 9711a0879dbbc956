/** A result's temporary file, for those who have saved the result elsewhere. */
export { discardTemporaryMovie } from "../media/encode/movie-target.ts";
