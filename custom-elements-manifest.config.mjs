/** What `custom-elements.json` is made of; `package.json` says by itself where it lies. */
export default {
  globs: ["src/element/properties.ts", "src/element/lip-sync.ts"],
  litelement: true,
  packagejson: false,
};
