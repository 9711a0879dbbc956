/**
 * The package's entry `dudak`. The element loads the file behind it, so that a page without a bundler needs nothing
 * but its script and the folder of assets.
 */
export * from "./lip-sync.ts";
