// In the place of the types of `@ffmpeg/ffmpeg/worker` (tsconfig.base.json), whose `no-default-lib` would take the
// libraries of a page out of the whole program.
export {};
